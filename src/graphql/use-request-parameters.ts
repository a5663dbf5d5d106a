import type { Plugin } from 'graphql-yoga';
import { readBody, readUrl, type OperationParameters } from './request-parameters.ts';

export interface RequestParametersOptions {
  /** The most operations in one request; 0 for one that is in no list. */
  readonly batchLimit: number;
  /** Those of one operation, as they are to run. */
  readonly prepare: (sent: unknown) => OperationParameters;
}

/** Reads and checks what a client sends, so that it learns of a mistake in the gateway's words, not a parser's. */
export function useRequestParameters({ batchLimit, prepare }: RequestParametersOptions): Plugin {
  return {
    onRequestParse({ request, setRequestParser }) {
      setRequestParser((body) => (request.method === 'POST' ? readBody(body, batchLimit) : readUrl(body)));
    },
    onParams({ params, setParams }) {
      setParams(prepare(params));
    },
  };
}
