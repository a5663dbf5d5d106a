import { BREAK, visit, type DocumentNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { GatewayError } from '../errors.ts';
import { oncePer } from './once-per.ts';
import type { RequestContext } from './request-context.ts';

export interface IntrospectionOptions {
  readonly isOn: boolean;
}

/** Shows the schema to who may read anything; to nobody where it is turned off. */
export function useIntrospectionGuard({ isOn }: IntrospectionOptions): Plugin<RequestContext> {
  return {
    onParse() {
      return ({ result, context }) => {
        if (result === null || result instanceof Error || !introspects(result)) return;
        const { permissions } = context.caller;
        if (isOn && (permissions.has('worklist:read') || permissions.has('token:read'))) return;
        // Thrown, since the document is remembered for other callers too.
        throw new GatewayError(
          'FORBIDDEN',
          isOn
            ? 'Introspection needs a permission to read.'
            : 'Introspection is turned off here: GATEWAY_INTROSPECTION turns it on.',
        );
      };
    },
  };
}

const introspects = oncePer((document: DocumentNode): boolean => {
  let found = false;
  visit(document, {
    Field({ name: { value } }) {
      found = value === '__schema' || value === '__type';
      return found ? BREAK : undefined;
    },
  });
  return found;
});
