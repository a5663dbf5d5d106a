import type { Plugin } from 'graphql-yoga';
import type { RequestContext } from './request-context.ts';

/** A response with an error in it may not be kept: asked again, it may be without. */
export function useErrorLifetime(): Plugin<RequestContext> {
  return {
    onExecute({ args: { contextValue } }) {
      return {
        onExecuteDone({ result }) {
          if ('errors' in result && result.errors !== undefined) contextValue.lifetime.endWith(() => 0);
        },
      };
    },
  };
}
