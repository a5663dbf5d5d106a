import { expect, test } from 'vitest';
import { eventually, startExperiment } from '../support/fault-experiment.ts';
import { accessTokenOf, httpAnswer, recordsAt, type Exchange } from '../support/fault-laboratory.ts';

const TOKEN = '{ token { tokenType } }';
const OFFSETS = Array.from({ length: 50 }, (_, index) => index * 4);

/** When a token that lives for an hour is refreshed ahead of its end. */
const REFRESH_MS = 2_880_000;

function pageAt(offset: number): string {
  return `{ worklist(offset: ${offset}, limit: 3) { records { id } } }`;
}

test('a token revoked under 50 requests is refreshed once, and each request is repeated once', async () => {
  const { laboratory, gateway, clock, ask, run, attempts } = await startExperiment({
    upstream: { maxConnections: OFFSETS.length },
  });
  await ask(TOKEN);
  await clock.advance(1_000);
  const held: Exchange[] = [];
  await laboratory.inflict('worklist', (exchange) => {
    if (held.length < OFFSETS.length) held.push(exchange);
    else laboratory.answer(exchange);
  });
  const answers = Promise.all(OFFSETS.map((offset) => gateway.query(pageAt(offset))));
  await eventually(() => held.length === OFFSETS.length);
  laboratory.revoke();
  await run(async () => {
    for (const exchange of held) {
      laboratory.answer(exchange);
      // All but the first are refused when the new token is already there.
      await eventually(() => attempts().token === 2);
    }
    return answers;
  });

  expect((await answers).map(({ body }) => body)).toEqual(
    OFFSETS.map((offset) => ({ data: { worklist: { records: recordsAt(offset, 3) } } })),
  );
  expect(laboratory.requests('token')).toHaveLength(2);
  const tokens = laboratory.requests('worklist').map(accessTokenOf);
  const [revoked, replacement] = new Set(tokens);
  expect(tokens.toSorted()).toEqual([...OFFSETS.map(() => revoked), ...OFFSETS.map(() => replacement)]);
});

test('a token is refreshed while every connection waits for a page', async () => {
  const { laboratory, gateway, clock, ask, attempts } = await startExperiment({
    upstream: { maxConnections: 1 },
  });
  await ask(TOKEN);
  await laboratory.inflict('worklist', () => {});
  await clock.advance(REFRESH_MS - 1);
  const page = gateway.query(pageAt(0));
  await eventually(() => laboratory.requests('worklist').length === 1);
  await clock.advance(1);
  await eventually(() => attempts().token === 2);
  expect(attempts().worklist).toBe(0);

  await clock.advance(1_000);
  expect((await page).body).toMatchObject({ errors: [{ extensions: { code: 'UPSTREAM_TIMEOUT' } }] });
});

const USABLE = { data: { token: { tokenType: 'Bearer' } } };
const NOT_USABLE = {
  data: { token: null },
  errors: [{ extensions: { code: 'UPSTREAM_BAD_RESPONSE', retryable: false } }],
};

test.each([
  ['0', NOT_USABLE],
  ['-1', NOT_USABLE],
  ['"abc"', NOT_USABLE],
  ['{}', NOT_USABLE],
  ['1e309', NOT_USABLE],
  // Beyond 2^53 - 1 an integer is read as a string, and this one is longer than any lifetime.
  [`${2 ** 53}`, NOT_USABLE],
  ['1e300', USABLE],
  ['1e-9', USABLE],
  ['"3600"', USABLE],
  ['null', USABLE],
  ['nowhere', USABLE],
])('a token whose expires_in is %s costs at most one request a second', async (said, outcome) => {
  const { laboratory, gateway, clock, run, attempts } = await startExperiment({
    // Time moves while token requests are under way.
    upstream: { timeoutMs: 60_000 },
  });
  const lifetime = said === 'nowhere' ? '' : `,"expires_in":${said}`;
  await laboratory.inflict('token', ({ socket }) =>
    socket.write(httpAnswer('200 OK', `{"access_token":"x","token_type":"Bearer"${lifetime}}`)),
  );
  const seconds = 5;
  const answers: ReturnType<typeof gateway.query>[] = [];
  for (let quarters = 0; quarters < 4 * seconds; quarters += 1) {
    answers.push(gateway.query(TOKEN), gateway.query(TOKEN));
    await clock.advance(250);
    await eventually(() => attempts().token === laboratory.requests('token').length);
  }
  expect(laboratory.requests('token').length).toBeLessThanOrEqual(1 + seconds);

  // The last to ask may wait for the next second.
  await clock.advance(1_000);
  for (const { body } of await run(() => Promise.all(answers))) expect(body).toMatchObject(outcome);
});

test.each([
  ['forward', 1],
  ['back', -1],
])('a wall clock that jumps %s by a day changes neither the token nor the page', async (_where, sign) => {
  const { clock, ask, attempts } = await startExperiment();
  const QUERY = '{ worklist(limit: 3) { stale fetchedAt records { id } } token { expiresAt expiresIn } }';
  const before = (await ask(QUERY)).body;
  clock.jump(sign * 24 * 3_600_000);
  await clock.advance(4_999);
  const after = (await ask(QUERY)).body;
  expect(after.data?.['worklist']).toEqual(before.data?.['worklist']);
  expect(after).toMatchObject({ data: { token: { expiresIn: 3_595 } } });
  expect(attempts()).toEqual({ worklist: 1, token: 1 });

  // The page's 5 s end all the same.
  await clock.advance(1);
  expect((await ask(QUERY)).body).toMatchObject({ data: { worklist: { stale: false } } });
  expect(attempts()).toEqual({ worklist: 2, token: 1 });
});
