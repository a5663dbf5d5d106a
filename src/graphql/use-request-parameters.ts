import type { Plugin } from 'graphql-yoga';
import { checkParameters, readBody, readUrl } from './request-parameters.ts';

/** Reads and checks what a client sends, so that it learns of a mistake in the gateway's words, not a parser's. */
export function useRequestParameters({ batchLimit }: { readonly batchLimit: number }): Plugin {
  return {
    onRequestParse({ request, setRequestParser }) {
      setRequestParser((body) => (request.method === 'POST' ? readBody(body, batchLimit) : readUrl(body)));
    },
    onParams({ params, setParams }) {
      checkParameters(params);
      // Many clients send an empty name where a document has one operation without a name.
      const { operationName, ...others } = params;
      if (operationName === '') setParams(others);
    },
  };
}
