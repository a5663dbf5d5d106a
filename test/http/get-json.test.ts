import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { getJson } from '../../src/http/get-json.ts';
import type { HttpResponse } from '../../src/http/send.ts';

const NOW_MS = Date.UTC(2026, 0, 31, 9, 30);

function get(response: Partial<HttpResponse>) {
  const whole = { status: 200, headers: {}, body: Buffer.from('{}'), ...response };
  return getJson(async () => whole, {
    route: 'test',
    url: new URL('http://127.0.0.1/'),
    now: () => NOW_MS,
  });
}

test('a JSON body comes decoded, with its size', async () => {
  expect(await get({ body: Buffer.from('{"ü":[1]}') })).toMatchObject({ body: { ü: [1] } });
});

test('a byte order mark is no part of the JSON', async () => {
  expect((await get({ body: Buffer.from('\ufeff[1]') })).body).toEqual([1]);
});

test.each([
  ['HTML', Buffer.from('<html>CANARY</html>'), 'text/html'],
  ['nothing', Buffer.from(''), undefined],
  ['cut JSON', Buffer.from('{"CANARY":'), 'application/json'],
  ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'application/json'],
])('%s is a bad response, told by media type and size, without its content', async (_what, body, type) => {
  const failure: unknown = await get({ body, headers: { 'content-type': type } }).catch(
    (error: unknown) => error,
  );
  expect(failure).toMatchObject({
    code: 'UPSTREAM_BAD_RESPONSE',
    message: `GoSpeech's answer is not JSON (${type ?? 'no media type'}, ${body.byteLength} bytes).`,
  });
  expect(inspect(failure, { depth: 9 })).not.toContain('CANARY');
});

test.each([
  [400, 'UPSTREAM_REJECTED'],
  [404, 'UPSTREAM_REJECTED'],
  [401, 'UPSTREAM_AUTH_FAILED'],
  [403, 'UPSTREAM_AUTH_FAILED'],
  [429, 'UPSTREAM_RATE_LIMITED'],
  [408, 'UPSTREAM_UNAVAILABLE'],
  [421, 'UPSTREAM_UNAVAILABLE'],
  [425, 'UPSTREAM_UNAVAILABLE'],
  [460, 'UPSTREAM_UNAVAILABLE'],
  [499, 'UPSTREAM_UNAVAILABLE'],
  [500, 'UPSTREAM_UNAVAILABLE'],
  [502, 'UPSTREAM_UNAVAILABLE'],
  [504, 'UPSTREAM_UNAVAILABLE'],
  [520, 'UPSTREAM_UNAVAILABLE'],
  [598, 'UPSTREAM_UNAVAILABLE'],
  [503, 'UPSTREAM_UNAVAILABLE'],
  [302, 'UPSTREAM_BAD_RESPONSE'],
  [304, 'UPSTREAM_BAD_RESPONSE'],
])('status %i is %s', async (status, code) => {
  await expect(get({ status })).rejects.toMatchObject({ code });
});

test.each([404, 405])('status %i has a hint that the API may be elsewhere', async (status) => {
  await expect(get({ status })).rejects.toMatchObject({ hint: expect.stringContaining('GOSPEECH_API_URL') });
});

test('another refusal has no hint of where the API is', async () => {
  await expect(get({ status: 400 })).rejects.toMatchObject({ hint: undefined });
});
