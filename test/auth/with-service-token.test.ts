import { expect, test } from 'vitest';
import { createTokenProvider } from '../../src/auth/token-provider.ts';
import { withServiceToken } from '../../src/auth/with-service-token.ts';
import { GatewayError } from '../../src/errors.ts';
import type { GatewayEvent } from '../../src/events.ts';
import type { HttpResponse } from '../../src/http/send.ts';
import { Secret } from '../../src/secret.ts';
import { createManualClock, settle } from '../support/manual-clock.ts';
import { answerOf } from '../support/scripted-send.ts';

const HOUR_MS = 3_600_000;
const ORIGIN = 'http://127.0.0.1:4010';

type Api = (path: string, token: string) => HttpResponse | Promise<HttpResponse>;

const OK = answerOf(200);
const UNAUTHORIZED = answerOf(401);

/** A signed `send` in front of an API; the tokens are `token-1`, `token-2` and so on, and live for an hour. */
function setUp(api: Api = () => OK) {
  const clock = createManualClock();
  const events: GatewayEvent[] = [];
  const calls: string[] = [];
  const grantedAtMs: number[] = [];
  const startMs = clock.monotonicMs();
  let answer = api;
  let isTokenEndpointUp = true;

  const report = (event: GatewayEvent) => void events.push(event);
  const tokens = createTokenProvider({
    clock,
    random: () => 0,
    report,
    async requestToken() {
      if (!isTokenEndpointUp) throw new GatewayError('UPSTREAM_UNAVAILABLE', 'Down.');
      const number = grantedAtMs.push(clock.monotonicMs() - startMs);
      return {
        kind: 'granted',
        refreshToken: undefined,
        token: {
          accessToken: new Secret(`token-${number}`),
          tokenType: 'Bearer',
          scopes: [],
          issuedAtMs: clock.now(),
          expiresAtMs: clock.now() + HOUR_MS,
          expiresAtMonotonicMs: clock.monotonicMs() + HOUR_MS,
          lifetimeMs: HOUR_MS,
          refreshable: false,
        },
      };
    },
  });
  const send = withServiceToken({ tokens, origin: ORIGIN, clock, report })(async ({ url, headers }) => {
    const token = headers?.['authorization']?.replace('Bearer ', '') ?? '';
    calls.push(`${url.pathname} ${token}`);
    return answer(url.pathname, token);
  });

  return {
    clock,
    calls,
    tokens,
    grants: () => grantedAtMs.length,
    grantedAtMs,
    events,
    refusals: () => events.filter(({ type }) => type === 'token.refused'),
    /** The status that a caller gets, or what is thrown. */
    get: (path: string, origin = ORIGIN): Promise<unknown> =>
      send({ route: 'test', method: 'GET', url: new URL(path, origin) }).then(
        ({ status }) => status,
        (error: unknown) => error,
      ),
    answerWith: (next: Api) => (answer = next),
    breakTokenEndpoint: () => (isTokenEndpointUp = false),
  };
}

/** An API that knows only these tokens. */
function knowing(...known: string[]): Api {
  return (_path, token) => (known.includes(token) ? OK : UNAUTHORIZED);
}

function authFailed(retryAfterMs: number) {
  return expect.objectContaining({ code: 'UPSTREAM_AUTH_FAILED', retryAfterMs });
}

test('a request to another origin is not sent', async () => {
  const { get, calls } = setUp();
  expect(await get('/a', 'http://127.0.0.1:4011')).toBeInstanceOf(TypeError);
  expect(calls).toEqual([]);
});

test('a token that worked and is refused is replaced once, at once, and the request is repeated', async () => {
  const { get, clock, calls, grants, answerWith } = setUp();
  await get('/a');
  await clock.advance(1_000);
  answerWith(knowing('token-2'));
  const paths = Array.from({ length: 20 }, (_, index) => `/${index}`);
  expect(await Promise.all(paths.map((path) => get(path)))).toEqual(paths.map(() => 200));
  expect(grants()).toBe(2);
  expect(calls.slice(1).toSorted()).toEqual(
    paths.flatMap((path) => [`${path} token-1`, `${path} token-2`]).toSorted(),
  );
});

test('a token that was never used, but is not new, is replaced too', async () => {
  const { get, tokens, clock, grants, answerWith } = setUp();
  await tokens.get();
  await clock.advance(600_000);
  answerWith(knowing('token-2'));
  expect(await get('/a')).toBe(200);
  expect(grants()).toBe(2);
});

test('tokens that are revoked five times in a row are replaced each time', async () => {
  const { get, clock, grants, answerWith } = setUp();
  await get('/a');
  for (const next of [2, 3, 4, 5, 6]) {
    answerWith(knowing(`token-${next}`));
    const answer = get('/a');
    await clock.advance(1_000);
    expect(await answer).toBe(200);
  }
  expect(grants()).toBe(6);
});

test('a new token is not dropped for a refusal: that request fails, and the next may succeed', async () => {
  const { get, grants, refusals, events, answerWith } = setUp(() => UNAUTHORIZED);
  expect(await get('/a')).toEqual(authFailed(60_000));
  expect(refusals()).toEqual([{ type: 'token.refused', retryInMs: 60_000 }]);
  answerWith(() => OK);
  expect(await get('/a')).toBe(200);
  expect(await get('/a')).toBe(200);
  expect(events.filter(({ type }) => type === 'token.accepted')).toHaveLength(1);
  expect(grants()).toBe(1);
});

test('an API that refuses every token is not asked for one at each request, but with doubling pauses', async () => {
  const { get, clock, grantedAtMs, refusals } = setUp(() => UNAUTHORIZED);
  const codes = new Set<unknown>();
  for (let seconds = 0; seconds < 3_600; seconds += 1) {
    const error = await get(`/${seconds % 7}`);
    codes.add(error instanceof GatewayError && error.code);
    await clock.advance(1_000);
  }
  expect(codes).toEqual(new Set(['UPSTREAM_AUTH_FAILED']));
  expect(grantedAtMs.map((atMs) => atMs / 1_000)).toEqual([0, 60, 180, 420, 900, 1_800, 2_700]);
  expect(refusals()).toHaveLength(7);
});

test('an API that refuses every token from some moment on gets one more at once, and then with pauses', async () => {
  const { get, clock, grantedAtMs, answerWith } = setUp();
  await get('/a');
  await clock.advance(10_000);
  answerWith(() => UNAUTHORIZED);
  for (let seconds = 10; seconds < 300; seconds += 1) {
    await Promise.all([get('/a'), get('/b'), get('/c')]);
    await clock.advance(1_000);
  }
  expect(grantedAtMs.map((atMs) => atMs / 1_000)).toEqual([0, 10, 70, 190]);
});

test('once a token is accepted, the pauses start anew', async () => {
  const { get, clock, grants, refusals, answerWith } = setUp(() => UNAUTHORIZED);
  await get('/a');
  answerWith(() => OK);
  await get('/a');
  await clock.advance(1_000);
  answerWith(() => UNAUTHORIZED);
  expect(await get('/a')).toEqual(authFailed(60_000));
  expect(grants()).toBe(2);
  expect(refusals().map((event) => 'retryInMs' in event && event.retryInMs)).toEqual([60_000, 60_000]);
});

test('a resource that refuses a new token, which others then accept, costs no other', async () => {
  const { get, clock, grants } = setUp((path) => (path === '/bad' ? UNAUTHORIZED : OK));
  for (let seconds = 0; seconds < 10; seconds += 1) {
    expect(await get('/bad')).not.toBe(200);
    expect(await get('/good')).toBe(200);
    await clock.advance(1_000);
  }
  expect(grants()).toBe(1);
});

test('callers learn how much of the pause is left', async () => {
  const { get, clock } = setUp(() => UNAUTHORIZED);
  await get('/a');
  await clock.advance(18_000);
  expect(await get('/b')).toEqual(authFailed(42_000));
});

test('a resource that refuses every token costs one, however often it is asked, while others succeed', async () => {
  const { get, clock, calls, grants } = setUp((path) => (path === '/bad' ? UNAUTHORIZED : OK));
  await get('/good');
  for (let seconds = 0; seconds < 600; seconds += 1) {
    await clock.advance(1_000);
    expect(await get('/bad')).not.toBe(200);
    expect(await get('/good')).toBe(200);
  }
  expect(grants()).toBe(2);
  // Each time once; the first time with both tokens.
  expect(calls.filter((call) => call.startsWith('/bad'))).toHaveLength(601);
});

test('nobody waits for the token that another request wants', async () => {
  const { get, tokens, clock, grants, answerWith } = setUp();
  await get('/good');
  answerWith((path) => (path === '/bad' ? UNAUTHORIZED : OK));
  // Another token may be asked for in a second only.
  const bad = get('/bad');
  await settle();
  expect(await get('/good')).toBe(200);
  expect(grants()).toBe(1);
  await clock.advance(1_000);
  expect(await bad).not.toBe(200);
  expect((await tokens.get()).accessToken.reveal()).toBe('token-2');
});

test('a token that ends while a resource refuses is replaced for all others', async () => {
  const { get, clock, grants, answerWith } = setUp((path) => (path === '/bad' ? UNAUTHORIZED : OK));
  await get('/good');
  for (let seconds = 0; seconds < 10; seconds += 1) {
    await clock.advance(1_000);
    await get('/bad');
    await get('/good');
  }
  answerWith((path, token) => (path !== '/bad' && token === 'token-3' ? OK : UNAUTHORIZED));
  await get('/bad');
  expect(await Promise.all([get('/good'), get('/other')])).toEqual([200, 200]);
  expect(grants()).toBe(3);
});

test('resources that refuse in turn cost five tokens, and then one a minute', async () => {
  const { get, clock, grants } = setUp((path) => (path.startsWith('/bad') ? UNAUTHORIZED : OK));
  await get('/good');
  for (let seconds = 0; seconds < 600; seconds += 1) {
    await clock.advance(1_000);
    await get(`/bad/${seconds}`);
    await get('/good');
  }
  expect(grants()).toBeGreaterThan(6);
  expect(grants()).toBeLessThanOrEqual(1 + 5 + 10);
});

test('a refusal by a resource is remembered for five minutes', async () => {
  const { get, clock, grants, answerWith } = setUp((path) => (path === '/bad' ? UNAUTHORIZED : OK));
  await get('/good');
  await clock.advance(1_000);
  await get('/bad');
  await get('/good');
  answerWith(knowing('token-3'));
  await clock.advance(299_999);
  expect(await get('/bad')).toBe(401);
  expect(grants()).toBe(2);

  answerWith(() => OK);
  await get('/good');
  answerWith(knowing('token-3'));
  await clock.advance(300_000);
  expect(await get('/bad')).toBe(200);
  expect(grants()).toBe(3);
});

test('a refusal by a resource is forgotten when the token is refreshed', async () => {
  const { get, clock, grants, answerWith } = setUp((path) => (path === '/bad' ? UNAUTHORIZED : OK));
  await get('/good');
  await clock.advance(1_000);
  await get('/bad');
  // To the refresh of the second token, which is 48 minutes after its grant.
  for (let minutes = 0; minutes < 47; minutes += 1) {
    await get('/good');
    await get('/bad');
    await clock.advance(60_000);
  }
  expect(grants()).toBe(2);
  await clock.advance(60_000);
  expect(grants()).toBe(3);
  await get('/good');
  answerWith(knowing('token-4'));
  const bad = get('/bad');
  await clock.advance(1_000);
  expect(await bad).toBe(200);
});

test('resources that always refuse cost one token each, and not another for the one of each other', async () => {
  const { get, clock, grants } = setUp((path) => (path.startsWith('/bad') ? UNAUTHORIZED : OK));
  await get('/good');
  for (let time = 0; time < 100; time += 1) {
    await clock.advance(1_000);
    for (const path of ['/bad/1', '/good', '/bad/2', '/good']) {
      const answer = get(path);
      await clock.advance(1_000);
      await answer;
    }
  }
  expect(grants()).toBe(3);
});

test('a refusal that ends after the token was replaced counts against no token', async () => {
  const { get, clock, grants, refusals, answerWith } = setUp();
  await get('/a');
  await clock.advance(1_000);
  let refuse: (response: HttpResponse) => void = () => {};
  answerWith((path, token) => {
    if (token !== 'token-1') return OK;
    return path === '/slow' ? new Promise((resolve) => (refuse = resolve)) : UNAUTHORIZED;
  });
  const slow = get('/slow');
  await settle();
  expect(await get('/a')).toBe(200);
  refuse(UNAUTHORIZED);
  expect(await slow).toBe(200);
  expect(grants()).toBe(2);
  expect(refusals()).toEqual([]);
});

/** A token is used for /a, which refuses each, and for /slow, whose answer with the first is held. */
async function setUpLateAnswer() {
  const each = setUp();
  let settleSlow: (response: HttpResponse) => void = () => {};
  each.answerWith((path, token) => {
    if (path !== '/slow') return UNAUTHORIZED;
    return token === 'token-1' ? new Promise((resolve) => (settleSlow = resolve)) : OK;
  });
  await each.tokens.get();
  await each.clock.advance(1_000);
  const slow = each.get('/slow');
  expect(await each.get('/a')).toEqual(authFailed(60_000));
  return { ...each, slow, settleSlow: (response: HttpResponse) => settleSlow(response) };
}

test('a late refusal of an old token is repeated with the new one, though that is refused elsewhere', async () => {
  const { slow, settleSlow, grants } = await setUpLateAnswer();
  settleSlow(UNAUTHORIZED);
  expect(await slow).toBe(200);
  expect(grants()).toBe(2);
});

test('a late success of an old token says nothing for the new one', async () => {
  const { slow, settleSlow, get, clock, grants, refusals } = await setUpLateAnswer();
  settleSlow(OK);
  expect(await slow).toBe(200);
  await clock.advance(2_000);
  expect(await get('/b')).toEqual(authFailed(58_000));
  expect(grants()).toBe(2);
  expect(refusals()).toHaveLength(1);
});

test('a late refusal of a repeated request says nothing for the token that came meanwhile', async () => {
  const { tokens, get, clock, refusals, answerWith } = setUp();
  await tokens.get();
  await clock.advance(1_000);
  let refuse: (response: HttpResponse) => void = () => {};
  answerWith((path, token) => {
    if (token === 'token-3') return OK;
    return path === '/a' && token === 'token-2' ? new Promise((resolve) => (refuse = resolve)) : UNAUTHORIZED;
  });
  const repeated = get('/a');
  await clock.advance(2_000);
  expect(await get('/b')).toBe(200);
  refuse(UNAUTHORIZED);
  expect(await repeated).toBe(401);
  expect(refusals()).toEqual([]);
});

test('a new token that others accept is not counted as refused for the request it was asked for', async () => {
  const { get, clock, refusals, answerWith } = setUp();
  await get('/good');
  await clock.advance(1_000);
  let refuse: (response: HttpResponse) => void = () => {};
  answerWith((path, token) => {
    if (path !== '/bad') return OK;
    return token === 'token-2' ? new Promise((resolve) => (refuse = resolve)) : UNAUTHORIZED;
  });
  const bad = get('/bad');
  await settle();
  expect(await get('/good')).toBe(200);
  refuse(UNAUTHORIZED);
  expect(await bad).toBe(401);
  expect(refusals()).toEqual([]);
});

test('where no other token can be had, the caller learns why', async () => {
  const { get, clock, breakTokenEndpoint, answerWith } = setUp();
  await get('/a');
  await clock.advance(1_000);
  breakTokenEndpoint();
  answerWith(() => UNAUTHORIZED);
  expect(await get('/a')).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  answerWith(() => OK);
  expect(await get('/a')).toBe(200);
});

const INVALID_TOKEN = Buffer.from('{"error":"invalid_token"}');
const LOGIN_PAGE = { headers: { 'content-type': 'text/html' }, body: Buffer.from('<!doctype html><form>') };

const SIGNS: readonly (readonly [string, HttpResponse])[] = [
  ['a redirect', answerOf(302, { location: 'https://example.test/Account/Login?ReturnUrl=%2F' })],
  ['a redirect to be got', answerOf(303, { location: '/login' })],
  ['a page with 200', { status: 200, ...LOGIN_PAGE }],
  ['invalid_token in the body of a 400', { ...answerOf(400), body: INVALID_TOKEN }],
  [
    'invalid_token in a header',
    answerOf(400, { 'www-authenticate': 'Bearer realm="x", error="invalid_token"' }),
  ],
];

test.each(SIGNS)('a token whose end is shown by %s is replaced once', async (_sign, shown) => {
  const { get, clock, calls, grants, answerWith } = setUp();
  await get('/a');
  await clock.advance(1_000);
  answerWith((_path, token) => (token === 'token-2' ? OK : shown));
  expect(await get('/a')).toBe(200);
  expect(grants()).toBe(2);
  expect(calls).toEqual(['/a token-1', '/a token-1', '/a token-2']);
});

test.each(SIGNS)(
  '%s that no new token changes is given as it is, and is never a loop',
  async (_sign, shown) => {
    const { get, clock, calls, grants, refusals, answerWith } = setUp();
    await get('/a');
    await clock.advance(1_000);
    answerWith(() => shown);
    for (let seconds = 0; seconds < 50; seconds += 1) {
      expect(await get('/a')).toBe(shown.status);
      await clock.advance(1_000);
    }
    expect(grants()).toBe(2);
    expect(calls).toHaveLength(1 + 50 + 1);
    // A page or a redirect may mean something else.
    expect(refusals()).toHaveLength(shown.status === 400 ? 1 : 0);
  },
);

test.each(SIGNS.slice(0, 3))('%s is no sign while nothing else was ever seen', async (_sign, shown) => {
  const { get, tokens, clock, grants, refusals } = setUp(() => shown);
  await tokens.get();
  await clock.advance(600_000);
  expect(await get('/a')).toBe(shown.status);
  expect(grants()).toBe(1);
  expect(refusals()).toEqual([]);
});

test.each(SIGNS.slice(0, 3))(
  'where no other token can be had, %s is given as it is',
  async (_sign, shown) => {
    const { get, clock, breakTokenEndpoint, answerWith } = setUp();
    await get('/a');
    await clock.advance(1_000);
    breakTokenEndpoint();
    answerWith(() => shown);
    expect(await get('/a')).toBe(shown.status);
  },
);

test.each([
  ['a redirect for ever', answerOf(301, { location: '/v2/records' })],
  ['a redirect to nowhere', answerOf(302)],
  ['JSON under the type of a page', { ...answerOf(200, { 'content-type': 'text/html' }) }],
  ['a forbidden resource', answerOf(403)],
  ['another mistake', answerOf(400)],
  ['a scope that is missing', answerOf(403, { 'www-authenticate': 'Bearer error="insufficient_scope"' })],
  ['a server that fails with a page', { status: 503, ...LOGIN_PAGE }],
])('%s is no refusal of the token', async (_what, response) => {
  const { get, clock, calls, grants, answerWith } = setUp();
  await get('/a');
  await clock.advance(1_000);
  answerWith(() => response);
  expect(await get('/a')).toBe(response.status);
  expect(grants()).toBe(1);
  expect(calls).toHaveLength(2);
});
