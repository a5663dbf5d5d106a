import type { Plugin } from 'graphql-yoga';
import type { GatewayContext } from '../schema/context.ts';

/**
 * Lets browsers, and CDNs where callers need no credentials, keep the response to a GET for as long as every page
 * in it is fresh (RFC 9111). With an error or the token in it, or over POST, nobody may.
 */
export function useResponseLifetime(isPublic: boolean): Plugin<GatewayContext> {
  const scope = isPublic ? 'public' : 'private';
  return {
    onExecute({ args: { contextValue } }) {
      if (contextValue.request.method !== 'GET') return undefined;
      return {
        onExecuteDone({ result, setResult }) {
          const { freshForMs } = contextValue.lifetime;
          const seconds = Number.isFinite(freshForMs) ? Math.floor(freshForMs / 1_000) : 0;
          if (!('data' in result) || result.errors !== undefined || seconds === 0) return;
          const headers = { 'cache-control': `${scope}, max-age=${seconds}`, vary: VARY };
          setResult({ ...result, extensions: { ...result.extensions, http: { headers } } });
        },
      };
    },
  };
}

/** Whatever may change the response, besides the URL. */
const VARY = 'Accept, Origin, Authorization, X-Api-Key';
