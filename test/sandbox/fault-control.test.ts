import { expect, test } from 'vitest';
import { setUp } from './set-up.ts';

async function control(url: string, init: RequestInit = {}, path = '/sandbox/faults') {
  const response = await fetch(`${url}${path}`, init);
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
}

const put = (body: unknown) => ({
  method: 'PUT',
  headers: { 'content-type': 'application/json' },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

test('faults are switched on, shown and switched off while it runs', async () => {
  const { sandbox, getWorklist, signIn } = await setUp();
  const token = await signIn('access_token');
  const faults = [{ on: 'worklist', status: 503, times: 2, headers: { 'retry-after': '7' } }];
  expect(await control(sandbox.url, put(faults))).toMatchObject({ status: 200, body: faults });
  expect(await getWorklist('', token)).toMatchObject({ status: 503, headers: { 'retry-after': '7' } });
  expect((await getWorklist('', token)).status).toBe(503);
  expect((await getWorklist('', token)).status).toBe(200);

  await control(sandbox.url, put([{ on: 'token', status: 500 }]));
  expect(await signIn('access_token')).toBe('undefined');
  expect(await control(sandbox.url)).toMatchObject({ body: [{ on: 'token', status: 500 }] });
  expect(await control(sandbox.url, { method: 'DELETE' })).toMatchObject({ status: 200, body: [] });
  expect(await signIn('access_token')).toMatch(/^sandbox-access-/);
  // It is no part of what a GoSpeech is asked.
  expect(sandbox.requests().some(({ path }) => path === '/sandbox/faults')).toBe(false);
});

test.each([
  ['no JSON', '{', 'the body: Invalid input: expected array, received undefined'],
  ['no list', { on: 'token', status: 500 }, 'the body: Invalid input: expected array, received object'],
  ['another target', [{ on: 'records', status: 500 }], 'fault 0.on: '],
  ['a status that is none', [{ on: 'token', status: 99 }], 'fault 0.status: '],
  ['an unknown effect', [{ on: 'token', status: 500, slow: true }], 'fault 0: Unrecognized key: "slow"'],
  ['no effect', [{ on: 'token', times: 2 }], 'fault 0: needs an effect'],
  ['a delay of a month', [{ on: 'token', delayMs: 2_678_400_000 }], 'fault 0.delayMs: '],
  ['a header that breaks lines', [{ on: 'token', headers: { a: 'b\r\nc: d' } }], 'fault 0.headers.a: '],
])('%s is refused with the place, and changes nothing', async (_what, body, problem) => {
  const { sandbox } = await setUp({ settings: { faults: [{ on: 'token', status: 500 }] } });
  const refused = await control(sandbox.url, put(body));
  expect(refused.status).toBe(400);
  expect(refused.body.error).toContain(problem);
  expect((await control(sandbox.url)).body).toEqual([{ on: 'token', status: 500 }]);
});

test('a web page cannot switch faults', async () => {
  const { sandbox } = await setUp();
  const text = { method: 'PUT', body: '[{"on":"token","status":500}]' };
  expect((await control(sandbox.url, { ...text, headers: { 'content-type': 'text/plain' } })).status).toBe(
    415,
  );
  expect((await control(sandbox.url, { method: 'POST', body: '[]' })).status).toBe(405);
  const preflight = await control(sandbox.url, {
    method: 'OPTIONS',
    headers: { origin: 'https://evil.example', 'access-control-request-method': 'PUT' },
  });
  expect(preflight.status).toBe(405);
  expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
  expect((await control(sandbox.url)).body).toEqual([]);
});
