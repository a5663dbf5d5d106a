import { expect, test } from 'vitest';
import type { Grant, RequestToken } from '../../src/auth/request-token.ts';
import { createTokenProvider } from '../../src/auth/token-provider.ts';
import { GatewayError } from '../../src/errors.ts';
import type { GatewayEvent, Report } from '../../src/events.ts';
import { Secret } from '../../src/secret.ts';
import { createManualClock, settle, type ManualClock } from '../support/manual-clock.ts';

const HOUR_MS = 3_600_000;
const DOWN = new GatewayError('UPSTREAM_UNAVAILABLE', 'GoSpeech failed to answer (HTTP 503).');
const LOST = new GatewayError('UPSTREAM_TIMEOUT', 'GoSpeech did not answer within 5000 ms.', {
  responseLost: true,
});

type Answer = 'granted' | 'held' | 'slow' | 'refused' | 'client refused' | 'unclear' | GatewayError;

/** The same clock, and how many of its timers wait. */
function countingTimers(manual: ManualClock) {
  const waiting = new Set<symbol>();
  const clock: ManualClock = {
    ...manual,
    after(delayMs, callback) {
      const timer = Symbol('timer');
      waiting.add(timer);
      const callOff = manual.after(delayMs, () => {
        waiting.delete(timer);
        callback();
      });
      return () => {
        waiting.delete(timer);
        callOff();
      };
    },
  };
  return { clock, timers: () => waiting.size };
}

/** A provider in front of a token endpoint that answers as `answers` says, in turn, and then grants. */
function setUp({
  answers = [],
  lifetimeMs = HOUR_MS,
  refreshable = true,
  random = () => 0,
  report,
}: {
  readonly answers?: Answer[];
  readonly lifetimeMs?: number;
  readonly refreshable?: boolean;
  readonly random?: () => number;
  readonly report?: Report;
} = {}) {
  const { clock, timers } = countingTimers(createManualClock());
  const events: GatewayEvent[] = [];
  const requests: { readonly grant: string; readonly atMs: number }[] = [];
  const startMs = clock.monotonicMs();
  let release: () => void = () => {};

  async function requestToken(grant: Grant): ReturnType<RequestToken> {
    const sentAtMs = clock.monotonicMs();
    const number = requests.push({
      grant: grant.type === 'password' ? 'password' : grant.refreshToken.reveal(),
      atMs: sentAtMs - startMs,
    });
    const answer = answers.shift() ?? 'granted';
    if (answer === 'held') await new Promise<void>((resolve) => (release = resolve));
    if (answer === 'slow') {
      await clock.advance(3_000);
      throw new GatewayError('UPSTREAM_RATE_LIMITED', 'Slow down.', { retryAfterMs: 900 });
    }
    if (answer instanceof GatewayError) throw answer;
    if (answer === 'unclear') return { kind: 'unclear', error: DOWN };
    if (answer === 'refused' || answer === 'client refused') {
      const error = new GatewayError('UPSTREAM_AUTH_FAILED', 'GoSpeech refused the credentials.');
      return { kind: 'refused', clientRefused: answer === 'client refused', error };
    }
    return {
      kind: 'granted',
      refreshToken: refreshable ? new Secret(`refresh-${number}`) : undefined,
      token: {
        accessToken: new Secret(`access-${number}`),
        tokenType: 'Bearer',
        scopes: [],
        issuedAtMs: clock.now(),
        expiresAtMs: clock.now() + lifetimeMs,
        expiresAtMonotonicMs: sentAtMs + lifetimeMs,
        lifetimeMs,
        refreshable,
      },
    };
  }

  const tokens = createTokenProvider({
    requestToken,
    clock,
    random,
    report: report ?? ((event) => events.push(event)),
  });
  return {
    tokens,
    clock,
    /** How many timers wait. */
    timers,
    events,
    requests,
    grants: () => requests.map(({ grant }) => grant),
    release: () => release(),
    /** The access token that a caller gets now. */
    value: async () => (await tokens.get()).accessToken.reveal(),
  };
}

test('any number of callers at once share one request', async () => {
  const { value, grants } = setUp();
  const values = await Promise.all(Array.from({ length: 1_000 }, value));
  expect(new Set(values)).toEqual(new Set(['access-1']));
  expect(grants()).toEqual(['password']);
});

test('a token is used until it is refreshed ahead of its end, and callers go on with the old one meanwhile', async () => {
  const { value, grants, clock, release } = setUp({ answers: ['granted', 'held'] });
  await value();
  // 20 % of an hour is left.
  await clock.advance(0.8 * HOUR_MS - 1);
  expect(grants()).toEqual(['password']);
  await clock.advance(1);
  expect(grants()).toEqual(['password', 'refresh-1']);
  expect(await value()).toBe('access-1');
  release();
  await settle();
  expect(await value()).toBe('access-2');
});

test('an idle gateway keeps its token fresh too', async () => {
  const { clock, grants, value } = setUp();
  await value();
  await clock.advance(5 * HOUR_MS);
  expect(grants().length).toBeGreaterThanOrEqual(6);
  expect(new Set(grants()).size).toBe(grants().length);
});

test('callers wait when less than ten seconds are left', async () => {
  const { value, clock, release } = setUp({ answers: ['granted', 'held'] });
  await value();
  await clock.advance(HOUR_MS - 10_000);
  let got: string | undefined;
  const waiting = value().then((token) => (got = token));
  await settle();
  expect(got).toBeUndefined();
  release();
  await waiting;
  expect(got).toBe('access-2');
});

test('a token that lives for a few seconds is used for most of them', async () => {
  const { value, grants, clock } = setUp({ lifetimeMs: 8_000 });
  await value();
  await clock.advance(3_999);
  expect(await value()).toBe('access-1');
  expect(grants()).toEqual(['password']);
  await clock.advance(1);
  expect(grants()).toEqual(['password', 'refresh-1']);
});

test('a jump of the wall clock neither ends nor extends a token', async () => {
  const { value, grants, clock } = setUp();
  await value();
  clock.jump(10 * HOUR_MS);
  expect(await value()).toBe('access-1');
  clock.jump(-20 * HOUR_MS);
  expect(await value()).toBe('access-1');
  expect(grants()).toEqual(['password']);
});

test('a failure is shared by those who wait, and then forgotten', async () => {
  const { value, grants, clock } = setUp({ answers: [DOWN] });
  const waiting = await Promise.allSettled([value(), value()]);
  expect(waiting.map((result) => result.status === 'rejected' && result.reason)).toEqual([DOWN, DOWN]);
  const next = value();
  await clock.advance(1_000);
  expect(await next).toBe('access-2');
  expect(grants()).toEqual(['password', 'password']);
});

test('a refused refresh token leads to one password grant', async () => {
  const { value, grants, clock } = setUp({ answers: ['granted', 'refused'] });
  await value();
  await clock.advance(HOUR_MS - 5_000);
  expect(await value()).toBe('access-3');
  expect(grants()).toEqual(['password', 'refresh-1', 'password']);
});

test('a refresh whose answer was lost is not sent again with the same refresh token', async () => {
  const { grants, clock, value } = setUp({ answers: ['granted', LOST] });
  await value();
  await clock.advance(0.8 * HOUR_MS + 1_000);
  expect(grants()).toEqual(['password', 'refresh-1', 'password']);
});

test('a refresh that the server failed keeps its refresh token, and nobody notices while the old token lives', async () => {
  const { value, grants, clock } = setUp({ answers: ['granted', DOWN, DOWN, DOWN] });
  await value();
  await clock.advance(0.8 * HOUR_MS);
  expect(await value()).toBe('access-1');
  await clock.advance(10_000);
  expect(grants()).toEqual(['password', 'refresh-1', 'refresh-1', 'refresh-1', 'refresh-1']);
  expect(await value()).toBe('access-5');
});

test('the old token serves its last seconds when it cannot be replaced', async () => {
  const { value, clock } = setUp({ answers: ['granted', ...Array.from({ length: 1_000 }, () => DOWN)] });
  await value();
  await clock.advance(HOUR_MS - 1_500);
  const last = value();
  await clock.advance(1_000);
  expect(await last).toBe('access-1');
  await clock.advance(1_000);
  const tooLate = value().catch((error: unknown) => error);
  await clock.advance(1_000);
  expect(await tooLate).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
});

test('a token endpoint that keeps failing is asked less and less often, and its callers fail at once', async () => {
  const { value, requests, clock } = setUp({
    answers: Array.from({ length: 100 }, () => DOWN),
    random: () => 1,
  });
  await expect(value()).rejects.toBe(DOWN);
  await clock.advance(119_000);
  const pausesMs = requests.slice(1).map(({ atMs }, index) => atMs - (requests[index]?.atMs ?? 0));
  expect(pausesMs).toEqual([2_000, 3_000, 5_000, 9_000, 17_000, 30_000, 30_000]);
  await expect(value()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryAfterMs: 7_000 });
});

test.each([
  [0, 1_000],
  [0.25, 1_250],
  [0.999, 1_999],
])('the first pause after a failure is a second, and jitter below another: %f', async (random, pauseMs) => {
  const { value, requests, clock } = setUp({ answers: [DOWN], random: () => random });
  await expect(value()).rejects.toBe(DOWN);
  await clock.advance(5_000);
  expect(requests.map(({ atMs }) => atMs)).toEqual([0, pauseMs]);
});

test('a failure between two refusals does not make the pauses after them start anew', async () => {
  const { value, requests, clock } = setUp({ answers: ['refused', DOWN, 'refused'] });
  await expect(value()).rejects.toMatchObject({ code: 'UPSTREAM_AUTH_FAILED' });
  await clock.advance(HOUR_MS);
  expect(requests.slice(0, 4).map(({ atMs }) => atMs)).toEqual([0, 60_000, 61_000, 181_000]);
});

test('a pause that the server asks for is a quarter of an hour at most, for callers too', async () => {
  const asked = new GatewayError('UPSTREAM_RATE_LIMITED', 'Slow down.', { retryAfterMs: 1e36 });
  const { value, grants, events, clock } = setUp({ answers: [asked] });
  const limited = { code: 'UPSTREAM_RATE_LIMITED', retryAfterMs: 900_000 };
  await expect(value()).rejects.toMatchObject(limited);
  await expect(value()).rejects.toMatchObject(limited);
  expect(events).toMatchObject([{ type: 'token.failed', error: limited, retryInMs: 900_000 }]);
  await clock.advance(900_000);
  expect(grants()).toHaveLength(2);
});

test('the pause that the server asks for is kept', async () => {
  const { grants, clock, value } = setUp({
    answers: [new GatewayError('UPSTREAM_RATE_LIMITED', 'Slow down.', { retryAfterMs: 20_000 })],
  });
  await expect(value()).rejects.toMatchObject({ code: 'UPSTREAM_RATE_LIMITED' });
  await clock.advance(18_000);
  await expect(value()).rejects.toMatchObject({ code: 'UPSTREAM_RATE_LIMITED', retryAfterMs: 2_000 });
  await clock.advance(1_999);
  expect(grants()).toHaveLength(1);
  await clock.advance(1);
  expect(grants()).toHaveLength(2);
});

test('a pause counts from the failure, however long that took to come', async () => {
  const { value, requests, clock } = setUp({ answers: ['slow'] });
  await expect(value()).rejects.toMatchObject({ code: 'UPSTREAM_RATE_LIMITED' });
  const next = value();
  await clock.advance(999);
  expect(requests).toHaveLength(1);
  await clock.advance(1);
  expect(await next).toBe('access-2');
});

test('refused credentials are not tried again in the last second of their pause either', async () => {
  const { value, requests, clock } = setUp({ answers: ['refused'] });
  await expect(value()).rejects.toMatchObject({ code: 'UPSTREAM_AUTH_FAILED' });
  await clock.advance(59_999);
  await expect(value()).rejects.toMatchObject({ code: 'UPSTREAM_AUTH_FAILED' });
  expect(requests).toHaveLength(1);
});

test('refused credentials stop the attempts: a minute, doubling to a quarter of an hour', async () => {
  const { value, requests, clock } = setUp({ answers: Array.from({ length: 100 }, () => 'refused') });
  await expect(value()).rejects.toMatchObject({ code: 'UPSTREAM_AUTH_FAILED' });
  await Promise.allSettled(Array.from({ length: 50 }, value));
  expect(requests).toHaveLength(1);
  await clock.advance(HOUR_MS);
  const pausesMs = requests.slice(1).map(({ atMs }, index) => atMs - (requests[index]?.atMs ?? 0));
  expect(pausesMs).toEqual([60_000, 120_000, 240_000, 480_000, 900_000, 900_000, 900_000]);
});

test('a gateway whose credentials were mended heals alone', async () => {
  const { value, clock } = setUp({ answers: ['refused'] });
  await expect(value()).rejects.toMatchObject({ code: 'UPSTREAM_AUTH_FAILED' });
  await clock.advance(60_000);
  expect(await value()).toBe('access-2');
});

test('a refused client is not asked again with the password', async () => {
  const { value, grants, clock } = setUp({ answers: ['granted', 'client refused'] });
  await value();
  await clock.advance(0.8 * HOUR_MS + 10_000);
  expect(grants()).toEqual(['password', 'refresh-1']);
  expect(await value()).toBe('access-1');
});

test('a refresh answered unclearly is repeated with the same refresh token, and after three times given up', async () => {
  const { value, requests, clock } = setUp({ answers: ['granted', 'unclear', 'unclear', 'unclear'] });
  await value();
  await clock.advance(0.8 * HOUR_MS + 10_000);
  expect(requests.map(({ grant, atMs }) => [grant, atMs])).toEqual([
    ['password', 0],
    ['refresh-1', 0.8 * HOUR_MS],
    ['refresh-1', 0.8 * HOUR_MS + 1_000],
    ['refresh-1', 0.8 * HOUR_MS + 2_000],
    ['password', 0.8 * HOUR_MS + 3_000],
  ]);
});

test('unclear answers before a refresh that succeeds do not count against the next refresh token', async () => {
  const { value, grants, clock } = setUp({
    answers: ['granted', 'unclear', 'unclear', 'granted', 'unclear', 'unclear', 'granted'],
  });
  await value();
  await clock.advance(1.7 * HOUR_MS);
  expect(grants()).toEqual([
    'password',
    'refresh-1',
    'refresh-1',
    'refresh-1',
    'refresh-4',
    'refresh-4',
    'refresh-4',
  ]);
});

test('a token ends the count of failures before it', async () => {
  const { value, events, clock } = setUp({
    answers: ['refused', 'refused', 'granted', 'refused', 'refused'],
  });
  await expect(value()).rejects.toMatchObject({ code: 'UPSTREAM_AUTH_FAILED' });
  await clock.advance(2 * HOUR_MS);
  const pausesMs = events.flatMap((event) => (event.type === 'token.failed' ? [event.retryInMs] : []));
  // The second time, the refresh token is refused first, and then the password.
  expect(pausesMs).toEqual([60_000, 120_000, 60_000]);
});

test('what may be a refusal is tried again soon, but less and less often, so that it locks no account', async () => {
  const { value, requests, clock } = setUp({
    answers: Array.from({ length: 1_000 }, () => 'unclear'),
    random: () => 1,
  });
  await expect(value()).rejects.toBe(DOWN);
  await clock.advance(3 * HOUR_MS);
  const pausesMs = requests.slice(1).map(({ atMs }, index) => atMs - (requests[index]?.atMs ?? 0));
  expect(pausesMs.slice(0, 4)).toEqual([2_000, 3_000, 5_000, 9_000]);
  expect(pausesMs.slice(-3)).toEqual([900_000, 900_000, 900_000]);
});

test('a refused token serves others until the next is there, also where that cannot be had', async () => {
  const { tokens, value, clock, release } = setUp({ answers: ['granted', DOWN, 'held'] });
  const refused = await tokens.get();
  await clock.advance(1_000);
  await expect(tokens.replace(refused)).rejects.toBe(DOWN);
  expect(await value()).toBe('access-1');
  const replacement = tokens.replace(refused);
  await clock.advance(1_000);
  expect(await value()).toBe('access-1');
  release();
  expect((await replacement).accessToken.reveal()).toBe('access-3');
  expect(await value()).toBe('access-3');
});

test('a rejected token is replaced once, however many were refused with it', async () => {
  const { tokens, value, grants, clock } = setUp();
  const rejected = await tokens.get();
  await clock.advance(1_000);
  const replacements = await Promise.all(Array.from({ length: 50 }, () => tokens.replace(rejected)));
  replacements.push(await tokens.replace(rejected));
  expect(new Set(replacements.map(({ accessToken }) => accessToken.reveal()))).toEqual(new Set(['access-2']));
  expect(await value()).toBe('access-2');
  expect(grants()).toEqual(['password', 'refresh-1']);
});

test('no two token requests start within a second, whatever happens', async () => {
  const { tokens, requests, clock } = setUp({ lifetimeMs: 1 });
  for (let round = 0; round < 20; round += 1) {
    const waiting = tokens.get();
    await clock.advance(1_000);
    const replacement = tokens.replace(await waiting);
    await clock.advance(1_000);
    await replacement;
  }
  const pausesMs = requests.slice(1).map(({ atMs }, index) => atMs - (requests[index]?.atMs ?? 0));
  expect(requests.length).toBeGreaterThan(10);
  expect(Math.min(...pausesMs)).toBeGreaterThanOrEqual(1_000);
});

test('a closed provider refreshes no more', async () => {
  const { tokens, value, grants, clock } = setUp();
  await value();
  tokens.close();
  await clock.advance(2 * HOUR_MS);
  expect(grants()).toEqual(['password']);
});

test('a provider that is closed while it waits for its turn asks no more, and leaves nobody waiting', async () => {
  const { tokens, value, grants, events, clock, timers } = setUp({ answers: [DOWN] });
  await expect(value()).rejects.toBe(DOWN);
  const waiting = value().catch((error: unknown) => error);
  await settle();
  tokens.close();
  expect(timers()).toBe(0);
  expect(await waiting).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', mayRetryAtOnce: false });
  await expect(value()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  await clock.advance(2 * HOUR_MS);
  expect(grants()).toEqual(['password']);
  expect(events).toHaveLength(1);
});

test('a provider that is closed during a request gives its token, and refreshes no more', async () => {
  const { tokens, value, grants, clock, timers, release } = setUp({ answers: ['held'] });
  const waiting = value();
  await settle();
  tokens.close();
  release();
  expect(await waiting).toBe('access-1');
  expect(timers()).toBe(0);
  await clock.advance(2 * HOUR_MS);
  expect(grants()).toEqual(['password']);
});

test('a token whose report fails is a token all the same', async () => {
  const { value, grants, clock } = setUp({
    report: () => {
      throw new Error('The log is full.');
    },
  });
  await expect(value()).rejects.toThrow('The log is full.');
  expect(await value()).toBe('access-1');
  await clock.advance(0.8 * HOUR_MS);
  expect(grants()).toEqual(['password', 'refresh-1']);
});

test('each replacement and each failure is reported, with what happens next', async () => {
  const { value, events, clock } = setUp({ answers: [DOWN] });
  await expect(value()).rejects.toBe(DOWN);
  await clock.advance(1_000);
  expect(events).toEqual([
    { type: 'token.failed', error: DOWN, retryInMs: 1_000 },
    { type: 'token.replaced', grant: 'password', lifetimeMs: HOUR_MS },
  ]);
});
