import { expect, onTestFinished, test } from 'vitest';
import { startSandbox } from '../../src/sandbox/start-sandbox.ts';
import { get, postText } from '../security/attack.ts';
import { send, type WireRequest } from '../support/wire.ts';
import { startProcess } from '../support/gateway-process.ts';
import { settingsFor } from '../support/spawn-gateway.ts';

/** What a client may get wrong, with a canary where a parser would quote it, and what it is told. */
const MISTAKES: readonly (readonly [request: WireRequest, message: string, code?: string])[] = [
  [postText('CANARY'), 'The body of the request is no JSON.'],
  [postText('{"query":"{ token { CANARY'), 'The body of the request is no JSON.'],
  [postText(''), 'The body of the request is no JSON.'],
  [
    postText('"CANARY"'),
    'The body of a request is a JSON object with query, operationName, variables and extensions.',
  ],
  [
    postText('null'),
    'The body of a request is a JSON object with query, operationName, variables and extensions.',
  ],
  [postText('[{}]'), 'A request holds one operation: GATEWAY_BATCH_LIMIT lets it hold more.'],
  [
    postText('{"query":"{ __typename }","CANARY":1}'),
    'A request is a JSON object with query, operationName, variables and extensions.',
  ],
  [postText('{"query":["CANARY"]}'), 'query must be there, as the text of a document.'],
  [postText('{}'), 'query must be there, as the text of a document.'],
  [postText('{"query":"{ __typename }","variables":"CANARY"}'), 'variables must be a JSON object.'],
  [postText('{"query":"{ __typename }","extensions":["CANARY"]}'), 'extensions must be a JSON object.'],
  [get({ query: '{ __typename }', variables: 'CANARY' }), 'variables must be a JSON object.'],
  [get({ query: '{ __typename }', extensions: '{"CANARY' }), 'extensions must be a JSON object.'],
  [
    postText('{"query":"query A { __typename }","operationName":"OTHER"}'),
    'The document holds no operation of that operationName.',
    'OPERATION_RESOLUTION_FAILURE',
  ],
  [
    postText('{"query":"query A { __typename } query B { __typename }"}'),
    'The document holds several operations: operationName must say which is to run.',
    'OPERATION_RESOLUTION_FAILURE',
  ],
  [
    postText('{"query":"fragment F on Query { __typename }"}'),
    'The document must hold an operation.',
    'OPERATION_RESOLUTION_FAILURE',
  ],
  [
    postText(`{"query":"${' '.repeat(100_000)}"}`),
    'The body of a request may have at most 100000 bytes.',
    'REQUEST_ENTITY_TOO_LARGE',
  ],
  [
    get({ query: 'mutation { CANARY }' }),
    'A GET runs queries only: another operation needs a POST.',
    'BAD_REQUEST',
  ],
];

test.each(['development', 'production', 'test'])(
  'under NODE_ENV=%s a mistake is answered in the words of the gateway, and nothing more',
  async (nodeEnv) => {
    const sandbox = await startSandbox();
    onTestFinished(() => sandbox.close());
    const gateway = startProcess({ ...settingsFor(sandbox), NODE_ENV: nodeEnv, LOG_LEVEL: 'trace' });
    const url = await gateway.url();
    for (const [request, message, code = 'BAD_REQUEST'] of MISTAKES) {
      const { body } = await send(url, request);
      expect(JSON.parse(body)).toEqual({ errors: [{ message, extensions: { code, retryable: false } }] });
    }
    expect(gateway.output()).not.toContain('CANARY');
  },
);
