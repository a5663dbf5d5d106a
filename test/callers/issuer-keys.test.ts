import { exportJWK, type JWTVerifyGetKey } from 'jose';
import { expect, test } from 'vitest';
import { createIssuerKeys } from '../../src/callers/issuer-keys.ts';
import type { GatewayEvent } from '../../src/events.ts';
import { createKey } from '../security/jwt-issuer.ts';
import { createManualClock, settle } from '../support/manual-clock.ts';

const HOUR_MS = 3_600_000;

/** The keys of an issuer that answers when and what the test tells it. */
async function setUp() {
  const clock = createManualClock();
  const events: GatewayEvent[] = [];
  const jwks = new Map<string, object>();
  for (const kid of ['first', 'second']) {
    const { publicKey } = await createKey(kid);
    jwks.set(kid, { ...(await exportJWK(publicKey)), kid });
  }
  let fetches = 0;
  let answer: () => Promise<unknown> = async () => expect.fail();
  const keys = createIssuerKeys({
    clock,
    report: (event) => events.push(event),
    fetchJwks() {
      fetches += 1;
      return answer();
    },
  });
  return {
    clock,
    events,
    fetches: () => fetches,
    publish: (...kids: readonly string[]) => {
      answer = async () => ({ keys: kids.map((kid) => jwks.get(kid)) });
    },
    answerWith: (other: () => Promise<unknown>) => (answer = other),
    breakDown: () => (answer = () => Promise.reject(new Error('It is down.'))),
    outcomeOf: (kid: string) => outcomeOf(keys.find, kid),
    current: keys.current,
  };
}

/** `found`, or the code of why not. */
async function outcomeOf(keys: JWTVerifyGetKey, kid: string): Promise<unknown> {
  try {
    await keys({ alg: 'ES256', kid }, { payload: '', signature: '' });
    return 'found';
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
}

test('known keys are used for a day while the issuer is down, and no longer', async () => {
  const { clock, publish, breakDown, outcomeOf: outcome } = await setUp();
  publish('first');
  expect(await outcome('first')).toBe('found');
  breakDown();
  await clock.advance(24 * HOUR_MS);
  expect(await outcome('first')).toBe('found');
  await clock.advance(1);
  expect(await outcome('first')).toBe('ISSUER_UNAVAILABLE');
});

test('nobody who has a known key waits for a fetch', async () => {
  const { clock, publish, answerWith, fetches, outcomeOf: outcome } = await setUp();
  publish('first');
  await outcome('first');
  answerWith(() => new Promise(() => {}));
  await clock.advance(600_001);
  expect(await outcome('first')).toBe('found');
  expect(await outcome('first')).toBe('found');
  expect(fetches()).toBe(2);
});

test('keys younger than ten minutes are not fetched again', async () => {
  const { clock, publish, fetches, outcomeOf: outcome } = await setUp();
  publish('first');
  await outcome('first');
  await clock.advance(600_000);
  await outcome('first');
  expect(fetches()).toBe(1);
});

test('a key that the issuer withdrew is unknown as soon as the keys were fetched again', async () => {
  const { clock, publish, outcomeOf: outcome } = await setUp();
  publish('first', 'second');
  expect(await outcome('first')).toBe('found');
  publish('second');
  await clock.advance(600_001);
  await outcome('second');
  await settle();
  expect(await outcome('first')).toBe('ERR_JWKS_NO_MATCHING_KEY');
});

test('unknown keys make the gateway ask once in 30 seconds, however many there are', async () => {
  const { clock, publish, fetches, outcomeOf: outcome } = await setUp();
  publish('first');
  await outcome('first');
  const flood = (round: number) =>
    Promise.all(Array.from({ length: 50 }, (_, index) => outcome(`random ${round} ${index}`)));
  for (let round = 0; round < 6; round += 1) {
    expect(new Set(await flood(round))).toEqual(new Set(['ERR_JWKS_NO_MATCHING_KEY']));
    await clock.advance(10_000);
  }
  expect(fetches()).toBe(2);
  await flood(6);
  expect(fetches()).toBe(3);
});

test('a key that is new is fetched, once for all who ask for it', async () => {
  const { clock, publish, fetches, outcomeOf: outcome } = await setUp();
  publish('first');
  await outcome('first');
  publish('first', 'second');
  await clock.advance(30_000);
  expect(await Promise.all(Array.from({ length: 20 }, () => outcome('second')))).toEqual(
    Array.from({ length: 20 }, () => 'found'),
  );
  expect(fetches()).toBe(2);
});

test('an unknown key cannot be told from a new one while the issuer is down', async () => {
  const { clock, publish, breakDown, outcomeOf: outcome } = await setUp();
  publish('first');
  await outcome('first');
  breakDown();
  await clock.advance(30_000);
  expect(await outcome('second')).toBe('ISSUER_UNAVAILABLE');
  expect(await outcome('first')).toBe('found');
});

test('after a failure there is a pause, doubled to 30 seconds, and what it leaves is said', async () => {
  const { clock, events, breakDown, fetches, outcomeOf: outcome } = await setUp();
  breakDown();
  const pauses = [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000];
  for (const [index, pauseMs] of pauses.entries()) {
    expect(await outcome('first')).toBe('ISSUER_UNAVAILABLE');
    await clock.advance(pauseMs - 1);
    await Promise.all(Array.from({ length: 20 }, () => outcome('first')));
    expect(fetches()).toBe(index + 1);
    await clock.advance(1);
  }
  expect(events.map((event) => event.type === 'issuer.failed' && event.retryInMs)).toEqual(pauses);
});

test('the first answer after failures ends the pauses', async () => {
  const { clock, events, publish, breakDown, outcomeOf: outcome } = await setUp();
  breakDown();
  await outcome('first');
  publish('first');
  await clock.advance(1_000);
  expect(await outcome('first')).toBe('found');
  breakDown();
  await clock.advance(600_001);
  await outcome('first');
  await settle();
  expect(events.at(-1)).toMatchObject({ type: 'issuer.failed', retryInMs: 1_000 });
});

test.each([
  null,
  undefined,
  'keys',
  [],
  {},
  { keys: {} },
  { keys: [] },
  { keys: [null] },
  { keys: ['first'] },
  { keys: [{ kid: 'first' }] },
  { keys: [{ kty: 'oct', kid: 'first', k: 'c2VjcmV0' }] },
])('%j is no set of public keys, and does not replace those that are known', async (body) => {
  const { clock, publish, events, answerWith, outcomeOf: outcome } = await setUp();
  publish('first');
  await outcome('first');
  answerWith(async () => body);
  await clock.advance(600_001);
  await outcome('first');
  await settle();
  expect(await outcome('first')).toBe('found');
  expect(events).toEqual([expect.objectContaining({ type: 'issuer.failed' })]);
});

test('a set without keys is no answer: whether a key is known cannot be told', async () => {
  const { publish, outcomeOf: outcome } = await setUp();
  publish();
  expect(await outcome('first')).toBe('ISSUER_UNAVAILABLE');
});
