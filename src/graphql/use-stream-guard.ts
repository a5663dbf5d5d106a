import { OperationTypeNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { GatewayError } from '../errors.ts';
import { findOperation } from './find-operation.ts';
import type { RequestContext } from './request-context.ts';

/** Refuses a subscription to a request that is answered once: it would have to be answered again and again. */
export function useStreamGuard(): Plugin<RequestContext> {
  return {
    onParse({ context }) {
      return ({ result }) => {
        if (result === null || result instanceof Error || context.isStream) return;
        const { operation } = findOperation(result, context.params.operationName);
        if (operation !== OperationTypeNode.SUBSCRIPTION) return;
        throw new GatewayError(
          'BAD_REQUEST',
          'A subscription is answered by a stream, in a request of its own: Accept must name text/event-stream or multipart/mixed;subscriptionSpec=1.0.',
        );
      };
    },
  };
}
