import { expect, test } from 'vitest';
import { eventually, startExperiment } from '../support/fault-experiment.ts';
import {
  accessTokenOf,
  CREDENTIALS,
  httpResponse,
  recordsAt,
  startFaultLaboratory,
  type Exchange,
} from '../support/fault-laboratory.ts';
import { startGatewayFor } from '../support/gateway-harness.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';

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

test.each(['0', '-1', '"abc"', '{}', '1e309', `${2 ** 53}`, '1e300', '1e-9', '"3600"', 'null', 'nowhere'])(
  'a token whose expires_in is %s is used, and costs at most one request a second',
  async (said) => {
    const { laboratory, gateway, clock, run, attempts } = await startExperiment({
      // Time moves while token requests are under way.
      upstream: { timeoutMs: 60_000 },
    });
    const lifetime = said === 'nowhere' ? '' : `,"expires_in":${said}`;
    await laboratory.inflict('token', ({ socket }) =>
      socket.write(httpResponse('200 OK', `{"access_token":"x","token_type":"Bearer"${lifetime}}`)),
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
    for (const { body } of await run(() => Promise.all(answers)))
      expect(body).toEqual({ data: { token: { tokenType: 'Bearer' } } });
  },
);

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

const PAGE_OF_A_PROXY = '<html><h1>Please stand by</h1></html>';

test.each([
  ['404 with a page', httpResponse('404 Not Found', PAGE_OF_A_PROXY, 'Content-Type: text/html\r\n')],
  ['403 with a page', httpResponse('403 Forbidden', PAGE_OF_A_PROXY, 'Content-Type: text/html\r\n')],
  ['400 with a page', httpResponse('400 Bad Request', PAGE_OF_A_PROXY, 'Content-Type: text/html\r\n')],
  ['401 without a body', httpResponse('401 Unauthorized', '', '')],
  ['400 temporarily_unavailable', httpResponse('400 Bad Request', '{"error":"temporarily_unavailable"}')],
  ['400 server_error', httpResponse('400 Bad Request', '{"error":"server_error"}')],
  ['a page with 200', httpResponse('200 OK', PAGE_OF_A_PROXY, 'Content-Type: text/html\r\n')],
])(
  'a token endpoint that answers %s for a moment costs neither the refresh token nor a minute',
  async (_what, answer) => {
    const { laboratory, gateway, clock, ask, attempts, heal } = await startExperiment();
    await ask(TOKEN);
    await laboratory.inflict('token', ({ socket }) => socket.write(answer));
    await clock.advance(REFRESH_MS);
    await eventually(() => gateway.events.some(({ type }) => type === 'token.failed'));
    // The pauses have no jitter here; with it, each is a second longer at most.
    await clock.advance(1_000);
    await eventually(() => gateway.events.filter(({ type }) => type === 'token.failed').length === 2);
    await laboratory.heal();
    await clock.advance(1_000);
    await eventually(() => gateway.events.filter(({ type }) => type === 'token.replaced').length === 2);

    expect(attempts().token).toBe(4);
    const [, ...refreshes] = laboratory
      .requests('token')
      .map((request) => /grant_type=(\w+)/.exec(request)?.[1]);
    expect(refreshes).toEqual(['refresh_token', 'refresh_token', 'refresh_token']);
    await heal();
  },
);

test('an API that answers 401 for ever costs one token more in the first minute, and callers fail at once', async () => {
  const { laboratory, clock, ask, attempts } = await startExperiment();
  expect((await ask(pageAt(0))).body.errors).toBeUndefined();
  await clock.advance(1_000);
  await laboratory.inflict('worklist', ({ socket }) => socket.write(httpResponse('401 Unauthorized', '{}')));
  for (let seconds = 0; seconds < 59; seconds += 1) {
    const { body } = await ask(pageAt(4 * (seconds + 1)));
    expect(body.errors).toMatchObject([
      {
        extensions: { code: 'UPSTREAM_AUTH_FAILED', retryable: false, retryAfterMs: (60 - seconds) * 1_000 },
      },
    ]);
    await clock.advance(1_000);
  }
  expect(attempts()).toEqual({ worklist: 1 + 1 + 59, token: 2 });

  await laboratory.heal();
  expect((await ask(pageAt(0))).body.errors).toBeUndefined();
  expect(attempts().token).toBe(2);
});

test('one page that answers 401 for ever costs one token, and no other page waits for it', async () => {
  const { laboratory, gateway, clock, ask, attempts } = await startExperiment({
    cache: { ttlMs: 0 },
    upstream: { timeoutMs: 60_000 },
  });
  await ask(pageAt(0));
  await laboratory.inflict('worklist', (exchange) => {
    if (exchange.request.includes('offset=8')) exchange.socket.write(httpResponse('401 Unauthorized', '{}'));
    else laboratory.answer(exchange);
  });
  // Time stands still, and another token may be asked for in a second only.
  const first = gateway.query(pageAt(8));
  await eventually(() => attempts().worklist === 2);
  expect((await ask(pageAt(0))).body.errors).toBeUndefined();
  expect(attempts().token).toBe(1);
  await clock.advance(1_000);
  expect((await first).body).toMatchObject({ errors: [{ extensions: { code: 'UPSTREAM_AUTH_FAILED' } }] });

  for (let polls = 0; polls < 20; polls += 1) {
    expect((await ask(pageAt(0))).body.errors).toBeUndefined();
    expect((await ask(pageAt(8))).body).toMatchObject({
      errors: [{ extensions: { code: 'UPSTREAM_AUTH_FAILED' } }],
    });
    await clock.advance(1_000);
  }
  expect(attempts().token).toBe(2);
});

test('whoever asks for the token waits no longer than one deadline, and what all share goes on behind', async () => {
  const timeoutMs = 487;
  const manual = createManualClock();
  let deadlines = 0;
  const clock: ManualClock = {
    ...manual,
    after(delayMs, callback) {
      if (delayMs === timeoutMs) deadlines += 1;
      return manual.after(delayMs, callback);
    },
  };
  const laboratory = await startFaultLaboratory({ now: clock.now });
  const { url, tokenUrl, apiUrl } = laboratory;
  const upstream = { tokenUrl, apiUrl, timeoutMs };
  const { query } = await startGatewayFor(url, CREDENTIALS, { upstream, clock, random: () => 0 });
  await laboratory.inflict('token', () => {});

  // The caller's deadline, and that of the token request.
  const first = query(TOKEN);
  await eventually(() => deadlines === 2 && laboratory.requests('token').length === 1);
  await clock.advance(timeoutMs);
  expect((await first).body.errors?.[0]?.extensions?.['code']).toBe('UPSTREAM_TIMEOUT');

  // The next token request may follow in a second only.
  await laboratory.heal();
  const second = query(TOKEN);
  await eventually(() => deadlines === 3);
  await clock.advance(timeoutMs);
  expect((await second).body.errors?.[0]).toMatchObject({
    message: 'GoSpeech gave no token within 487 ms.',
    extensions: { code: 'UPSTREAM_TIMEOUT' },
  });
  expect(laboratory.requests('token')).toHaveLength(1);

  await clock.advance(1_000 - timeoutMs);
  await eventually(() => laboratory.requests('token').length === 2);
  expect((await query(TOKEN)).body).toEqual({ data: { token: { tokenType: 'Bearer' } } });
  expect(laboratory.requests('token')).toHaveLength(2);
});
