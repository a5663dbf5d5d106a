import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { GatewayEvent } from '../../src/events.ts';
import { startGateway, type TestGateway } from '../support/gateway-harness.ts';
import { API_KEYS, LISTER_KEY } from '../security/keys.ts';

function operationEvents({ events }: TestGateway): GatewayEvent[] {
  return events.filter(({ type }) => type.startsWith('operation.'));
}

test('a failed field names its operation, its path and its caller', async () => {
  const gateway = await startGateway({
    access: { callers: API_KEYS },
    sandbox: { faults: [{ on: 'worklist', status: 404 }] },
  });
  await gateway.query('query Everything { pages: worklist { total } token { tokenType } }', undefined, {
    headers: { 'content-type': 'application/json', 'x-api-key': LISTER_KEY },
  });
  const failed = { type: 'operation.failed', operation: 'Everything', caller: 'lister' };
  // In the order in which they failed.
  expect(operationEvents(gateway)).toEqual([
    { ...failed, path: 'token', error: expect.objectContaining({ code: 'FORBIDDEN' }) },
    { ...failed, path: 'pages', error: expect.objectContaining({ code: 'UPSTREAM_REJECTED' }) },
  ]);
});

test('of what a client calls its operation and its fields, little is kept, in printable characters', async () => {
  const gateway = await startGateway({ sandbox: { faults: [{ on: 'worklist', status: 404 }] } });
  const long = 'a'.repeat(500);
  await gateway.query(`query ${long} { ${long}: worklist { total } }`);
  await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ nothing }', operationName: '\u001b[2J\nfake line' }),
  });
  expect(operationEvents(gateway)).toEqual([
    expect.objectContaining({
      type: 'operation.failed',
      operation: 'a'.repeat(64),
      path: 'a'.repeat(120),
    }),
    { type: 'operation.refused', code: 'OPERATION_RESOLUTION_FAILURE', operation: '?[2J?fake line' },
  ]);
});

const ALIASES = Array.from({ length: 40 }, (_, index) => `a${index}: __typename`).join(' ');

test.each([
  ['that breaks the grammar', '{ worklist', 'GRAPHQL_PARSE_FAILED'],
  ['that does not fit the schema', '{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
  ['of a mutation, of which there is none', 'mutation { x }', 'GRAPHQL_VALIDATION_FAILED'],
  ['of a subscription, without a stream', 'subscription { worklist { total } }', 'BAD_REQUEST'],
  ['that is too large', `{ ${ALIASES} }`, 'QUERY_TOO_COMPLEX'],
  ['with an argument out of its type', '{ worklist(limit: "x") { total } }', 'BAD_USER_INPUT'],
  ['with a variable out of its type', 'query ($l: Int!) { worklist(limit: $l) { total } }', 'BAD_USER_INPUT'],
])('a document %s is one event, once for each request', async (_what, document, code) => {
  const gateway = await startGateway();
  for (let time = 0; time < 2; time += 1)
    expect((await gateway.query(document)).body).not.toHaveProperty('data');
  expect(operationEvents(gateway)).toEqual([
    expect.objectContaining({ type: 'operation.refused', code }),
    expect.objectContaining({ type: 'operation.refused', code }),
  ]);
});

test('a document that is none of the allowed ones is an event that names the operation it was sent as', async () => {
  const allowed = '{ worklist { total } }';
  const hash = createHash('sha256').update(allowed).digest('hex');
  const gateway = await startGateway({ api: { documents: new Map([[hash, allowed]]) } });
  await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: 'query Mine { worklist { total } }', operationName: 'Mine' }),
  });
  expect(operationEvents(gateway)).toEqual([
    { type: 'operation.refused', code: 'FORBIDDEN', operation: 'Mine' },
  ]);
  expect((await gateway.query(allowed)).body).toEqual({ data: { worklist: { total: 240 } } });
  expect(operationEvents(gateway)).toHaveLength(1);
});

test('each operation of a batch has its own events', async () => {
  const gateway = await startGateway({
    api: { batchLimit: 5 },
    sandbox: { faults: [{ on: 'worklist', status: 404 }] },
  });
  await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([
      { query: 'query One { worklist { total } }' },
      { query: 'query Two { nothing }', operationName: 'Two' },
      null,
    ]),
  });
  expect(operationEvents(gateway)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ type: 'operation.failed', operation: 'One', path: 'worklist' }),
      expect.objectContaining({ type: 'operation.refused', operation: 'Two' }),
      expect.objectContaining({ type: 'operation.refused' }),
    ]),
  );
  expect(operationEvents(gateway)).toHaveLength(3);
});
