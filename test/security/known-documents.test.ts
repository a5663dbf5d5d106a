import { expect, test } from 'vitest';
import { startGateway } from '../support/gateway-harness.ts';
import { many, post, withHeaders } from './attack.ts';
import { API_KEYS, OPERATOR_KEY, POWERLESS_KEY } from './keys.ts';
import { send } from '../support/wire.ts';

/** Ten pages, too many fields with the largest limit and few with a small one. */
const PAGES = `query ($limit: Int!) { ${many(10, (index) => `p${index}: worklist(limit: $limit) { records { ${many(20, () => 'id')} } }`)} }`;

const ANSWERED = undefined;

/** The codes that a document is answered with when it is sent with these limits, one after the other. */
async function codesWith(...limits: readonly number[]) {
  const { query } = await startGateway();
  const codes: unknown[] = [];
  for (const limit of limits) {
    const { body } = await query(PAGES, { limit });
    codes.push(body.errors?.[0]?.extensions?.['code']);
  }
  return codes;
}

test('a document that was answered with some variables is refused with others', async () => {
  expect(await codesWith(1, 100)).toEqual([ANSWERED, 'QUERY_TOO_COMPLEX']);
});

test('a document that was refused with some variables is answered with others', async () => {
  expect(await codesWith(100, 1)).toEqual(['QUERY_TOO_COMPLEX', ANSWERED]);
});

/** The statuses that introspection is answered with when these callers ask for it, one after the other. */
async function introspectionBy(...keys: readonly string[]) {
  const { url } = await startGateway({ access: { callers: API_KEYS } });
  const statuses: number[] = [];
  for (const key of keys) {
    const request = withHeaders(post('{ __schema { queryType { name } } }'), { 'x-api-key': key });
    statuses.push((await send(url, request)).status);
  }
  return statuses;
}

test('introspection that was shown to one caller is refused to another', async () => {
  expect(await introspectionBy(OPERATOR_KEY, POWERLESS_KEY)).toEqual([200, 400]);
});

test('introspection that was refused to one caller is shown to another', async () => {
  expect(await introspectionBy(POWERLESS_KEY, OPERATOR_KEY)).toEqual([400, 200]);
});

test('a mistake is answered in the same words each time', async () => {
  const { query } = await startGateway();
  const [first, second] = [
    await query('{ worklist(limit: "x") { total } }'),
    await query('{ worklist(limit: "x") { total } }'),
  ];
  expect(second.body).toEqual(first.body);
});
