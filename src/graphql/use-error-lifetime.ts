import type { Plugin } from 'graphql-yoga';
import type { RequestContext } from './request-context.ts';

/** A response with an error in it may not be kept: asked again, it may be without. */
export function useErrorLifetime(): Plugin<RequestContext, RequestContext> {
  return {
    // Also of what never came to an execution: in a batch, others did.
    onResultProcess({ result, serverContext }) {
      for (const each of [result].flat()) {
        if ('errors' in each && each.errors !== undefined) serverContext.lifetime.endWith(() => 0);
      }
    },
  };
}
