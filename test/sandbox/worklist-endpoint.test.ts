import { expect, test } from 'vitest';
import { setUp, type SandboxResponse } from './set-up.ts';

const recordsOf = (answer: SandboxResponse): { id: string }[] => Object(answer.body).records;
const idsOf = (answer: SandboxResponse) => recordsOf(answer).map(({ id }) => id);

const TOKEN_REFUSED = { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } };

test('a page has the newest 20 of 240 records where nothing else is asked', async () => {
  const { getWorklist } = await setUp();
  const answer = await getWorklist();
  expect(answer).toMatchObject({ status: 200, body: { total: 240 } });
  expect(recordsOf(answer)).toHaveLength(20);
  expect(idsOf(answer)).toEqual(idsOf(await getWorklist('?offset=0&limit=20')));
});

test('pages side by side make up the whole, without gap or repetition', async () => {
  const { getWorklist } = await setUp({ settings: { recordCount: 50 } });
  const whole = idsOf(await getWorklist('?limit=100'));
  const pages = [await getWorklist('?offset=0&limit=30'), await getWorklist('?offset=30&limit=30')];
  expect(pages.flatMap(idsOf)).toEqual(whole);
  expect(new Set(whole).size).toBe(50);
});

test.each(['?offset=240', '?offset=999999999999', '?limit=0'])('the page %s is empty', async (search) => {
  const { getWorklist } = await setUp();
  expect(await getWorklist(search)).toMatchObject({ status: 200, body: { records: [], total: 240 } });
});

test('a limit above the cap is cut in silence', async () => {
  const { getWorklist } = await setUp({ settings: { maxLimit: 7 } });
  expect(recordsOf(await getWorklist('?limit=20'))).toHaveLength(7);
  expect(recordsOf(await getWorklist('?limit=6'))).toHaveLength(6);
});

test.each(['offset=-1', 'offset=1.5', 'offset=', 'limit=-1', 'limit=ten', 'limit=1e2'])(
  '%s is refused',
  async (parameter) => {
    const { getWorklist } = await setUp();
    expect(await getWorklist(`?${parameter}`)).toMatchObject({
      status: 400,
      body: { error: expect.any(String) },
    });
  },
);

test.each([
  ['exact', { total: 240 }],
  ['none', {}],
  ['too-high', { total: 340 }],
  ['too-low', { total: 120 }],
  ['page-length', { count: 5 }],
] as const)('the total "%s" is stated as %o', async (total, stated) => {
  const { getWorklist } = await setUp({ settings: { total } });
  const { body } = await getWorklist('?limit=5');
  expect(body).toEqual({ records: expect.any(Array), ...stated });
});

test('a request without a bearer token is refused', async () => {
  const { sandbox } = await setUp();
  const response = await fetch(`${sandbox.url}/api/records/worklist`);
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
});

test('an unknown token is refused', async () => {
  const { getWorklist } = await setUp();
  expect(await getWorklist('', 'unknown')).toMatchObject(TOKEN_REFUSED);
});

test('a token is refused from the instant it expires', async () => {
  let nowMs = Date.UTC(2026, 2, 4);
  const { getWorklist, signIn } = await setUp({
    now: () => nowMs,
    settings: { accessTokenLifetimeS: 60 },
  });
  const token = await signIn('access_token');
  nowMs += 59_999;
  expect(await getWorklist('', token)).toMatchObject({ status: 200 });
  nowMs += 1;
  expect(await getWorklist('', token)).toMatchObject(TOKEN_REFUSED);
});

test('revoked access tokens are refused, and later ones are not', async () => {
  const { getWorklist, sandbox, signIn } = await setUp();
  const revoked = await signIn('access_token');
  sandbox.revokeAccessTokens();
  expect(await getWorklist('', revoked)).toMatchObject(TOKEN_REFUSED);
  expect(await getWorklist('', await signIn('access_token'))).toMatchObject({ status: 200 });
});

test('a page has a strong ETag of its own, and is not sent again to who has it', async () => {
  const { getWorklist, signIn, sandbox } = await setUp();
  const token = await signIn('access_token');
  const first = await getWorklist('?limit=2&offset=100', token);
  const etag = first.headers['etag'] ?? '';
  expect(etag).toMatch(/^"[\w-]{22}"$/);
  expect((await getWorklist('?limit=2&offset=100', token)).headers['etag']).toBe(etag);
  expect((await getWorklist('?limit=3&offset=100', token)).headers['etag']).not.toBe(etag);

  const headers = { authorization: `Bearer ${token}`, 'if-none-match': etag };
  const again = await fetch(`${sandbox.url}/api/records/worklist?limit=2&offset=100`, { headers });
  expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, etag, '']);
});

test('beyond the rate a page is refused until the minute is over', async () => {
  let nowMs = 0;
  const { getWorklist, signIn } = await setUp({ now: () => nowMs, settings: { maxRequestsPerMinute: 2 } });
  const token = await signIn('access_token');
  const statuses = async () => [
    (await getWorklist('', token)).status,
    (await getWorklist('', token)).status,
    (await getWorklist('', token)).status,
  ];
  expect(await statuses()).toEqual([200, 200, 429]);
  nowMs = 45_500;
  expect(await getWorklist('', token)).toMatchObject({ status: 429, headers: { 'retry-after': '15' } });
  nowMs = 60_000;
  expect(await statuses()).toEqual([200, 200, 429]);
});
