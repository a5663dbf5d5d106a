import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { startGateway, type GatewayOverrides } from '../support/gateway-harness.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { API_KEYS, LISTER_KEY, OPERATOR_KEY, POWERLESS_KEY, READER_KEY } from '../security/keys.ts';
import { claims, signed, startJwtIssuer } from '../security/jwt-issuer.ts';

const SUBSCRIPTION = 'subscription Live { worklist(limit: 3) { total stale records { id } } }';
const SSE = 'text/event-stream';
const MULTIPART = 'multipart/mixed;boundary="graphql";subscriptionSpec="1.0",application/json';

interface Asked {
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly isGet?: boolean;
}

async function setUp(overrides: GatewayOverrides & { readonly arrivalEveryMs?: number } = {}) {
  const clock = createManualClock();
  const { arrivalEveryMs = 0, ...rest } = overrides;
  const started = await startGateway({
    clock,
    sandboxNow: () => clock.now(),
    sandbox: { arrivalEveryMs },
    cache: { staleIfErrorMs: 3_600_000 },
    ...rest,
  });

  /** Sends a request, and gathers what comes of its response. */
  async function open({ query = SUBSCRIPTION, headers = {}, isGet = false }: Asked = {}) {
    const path = isGet ? `/graphql?query=${encodeURIComponent(query)}` : '/graphql';
    const asked = request(`${started.url}${path}`, {
      method: isGet ? 'GET' : 'POST',
      headers: { ...(!isGet && { 'content-type': 'application/json' }), accept: SSE, ...headers },
    });
    onTestFinished(() => void asked.destroy());
    asked.end(isGet ? undefined : JSON.stringify({ query }));
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    let text = '';
    let isEnded = false;
    response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    response.on('error', () => {});
    response.on('close', () => (isEnded = true));
    return {
      status: response.statusCode,
      headers: response.headers,
      text: () => text,
      isEnded: () => isEnded,
      results: () =>
        [...text.matchAll(/^event: next\ndata: (.*)$/gm)].map(
          ([, json = '']) => JSON.parse(json) as { data?: { worklist?: object | null }; errors?: object[] },
        ),
      leave: () => asked.destroy(),
    };
  }
  /** Lets time pass, and what goes over sockets meanwhile. */
  async function pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      await clock.advance(1_000);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
  return { ...started, clock, open, pass };
}

test.each([false, true])('a subscription gives the page at once, by GET: %s', async (isGet) => {
  const { open } = await setUp();
  const stream = await open({ isGet });
  expect(stream.status).toBe(200);
  expect(stream.headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    'x-content-type-options': 'nosniff',
  });
  await expect.poll(stream.results).toHaveLength(1);
  expect(stream.results()[0]).toMatchObject({ data: { worklist: { total: 240, stale: false } } });
});

test('… and again each time that it changes, to all who watch it, with one call for all of them', async () => {
  const { open, pass, sandbox } = await setUp({ arrivalEveryMs: 10_000 });
  const streams = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      open({ query: index % 2 === 0 ? SUBSCRIPTION : 'subscription { worklist(limit: 3) { total } }' }),
    ),
  );
  for (const { results } of streams) await expect.poll(results).toHaveLength(1);
  expect(sandbox.worklistRequests()).toHaveLength(1);
  await pass(60);
  for (const { results } of streams) {
    await expect.poll(() => results().length).toBeGreaterThan(3);
    expect(results().length).toBe(streams[0]?.results().length);
  }
  const calls = sandbox.worklistRequests().length;
  expect(calls).toBeLessThanOrEqual(31);
  for (const { leave } of streams) leave();
  await pass(2);
  const left = sandbox.worklistRequests().length;
  await pass(60);
  expect(sandbox.worklistRequests().length).toBe(left);
});

test('whoever asks for nothing that changes is told nothing', async () => {
  const { open, pass } = await setUp({ arrivalEveryMs: 10_000 });
  const quiet = await open({ query: 'subscription { worklist(limit: 3) { limit } }' });
  const other = await open();
  await pass(40);
  await expect.poll(() => other.results().length).toBeGreaterThan(2);
  expect(quiet.results()).toEqual([{ data: { worklist: { limit: 3 } } }]);
});

test('while GoSpeech is down the page is stale, and it comes back', async () => {
  const { open, pass, sandbox } = await setUp();
  const stream = await open();
  await expect.poll(stream.results).toHaveLength(1);
  sandbox.configure({ faults: [{ on: 'worklist', status: 500 }] });
  await pass(10);
  await expect.poll(stream.results).toHaveLength(2);
  expect(stream.results()[1]).toMatchObject({ data: { worklist: { total: 240, stale: true } } });
  sandbox.configure({ faults: [] });
  await pass(20);
  await expect.poll(() => stream.results().at(-1)).toMatchObject({ data: { worklist: { stale: false } } });
});

test('a page that cannot be had is an error, and the stream goes on', async () => {
  const { open, pass, sandbox, events } = await setUp();
  sandbox.configure({ faults: [{ on: 'worklist', status: 500 }] });
  const stream = await open();
  await pass(10);
  await expect.poll(() => stream.results().length).toBeGreaterThan(0);
  expect(stream.results()[0]).toMatchObject({
    data: { worklist: null },
    errors: [{ path: ['worklist'], extensions: { code: 'UPSTREAM_UNAVAILABLE' } }],
  });
  expect(events).toContainEqual(expect.objectContaining({ type: 'operation.failed', operation: 'Live' }));
  sandbox.configure({ faults: [] });
  await pass(30);
  await expect.poll(() => stream.results().at(-1)).toMatchObject({ data: { worklist: { total: 240 } } });
});

test('Apollo gets its multipart protocol', async () => {
  const { open } = await setUp();
  const stream = await open({ headers: { accept: MULTIPART } });
  expect(stream.headers['content-type']).toBe('multipart/mixed; boundary="graphql"; subscriptionSpec=1.0');
  await expect.poll(stream.text).toContain('"total":240');
  const [before, head, json] = stream.text().split(/--graphql\r\n|\r\n\r\n/);
  expect(before).toBe('\r\n');
  expect(head).toBe('content-type: application/json');
  expect(JSON.parse(json?.split('\r\n')[0] ?? '')).toMatchObject({
    payload: { data: { worklist: { total: 240 } } },
  });
});

test.each([
  [SSE, ':\n\n'],
  [MULTIPART, '\r\n\r\n{}\r\n--graphql'],
])('a stream that is silent says every 12 s that it is alive: %s', async (accept, beat) => {
  const { open, pass } = await setUp();
  const stream = await open({ headers: { accept } });
  const beats = () => stream.text().split(beat).length - 1;
  await expect.poll(stream.text).toContain('240');
  const before = beats();
  await pass(37);
  await expect.poll(beats).toBe(before + 3);
});

test('a query is answered once, as the client takes it', async () => {
  const { open } = await setUp();
  const query = '{ worklist { total } }';
  const asJson = await open({ query, headers: { accept: `${SSE}, application/json` } });
  expect(asJson.headers['content-type']).toContain('application/json');
  await expect.poll(asJson.isEnded).toBe(true);
  expect(JSON.parse(asJson.text())).toEqual({ data: { worklist: { total: 240 } } });

  const asStream = await open({ query });
  await expect.poll(asStream.isEnded).toBe(true);
  expect(asStream.results()).toEqual([{ data: { worklist: { total: 240 } } }]);
  expect(asStream.text()).toMatch(/event: complete\ndata:\n\n$/);
});

test('a client that takes streams for everything, as urql does, gets kept responses, too', async () => {
  const { open, sandbox } = await setUp();
  const accept =
    'application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed';
  for (let time = 0; time < 4; time += 1) {
    const asked = await open({ query: '{ worklist { total } }', headers: { accept } });
    await expect.poll(asked.isEnded).toBe(true);
    expect(asked.headers['content-type']).toBe('application/graphql-response+json; charset=utf-8');
    expect(asked.text()).toBe('{"data":{"worklist":{"total":240}}}');
  }
  expect(sandbox.worklistRequests()).toHaveLength(1);
  const stream = await open({ headers: { accept } });
  expect(stream.headers['content-type']).toContain('text/event-stream');
});

test.each([
  ['subscription { nothing }', 'GRAPHQL_VALIDATION_FAILED'],
  ['subscription { worklist(limit: 1000) { total } }', 'BAD_USER_INPUT'],
  ['subscription ($limit: Int!) { worklist(limit: $limit) { total } }', 'BAD_USER_INPUT'],
  ['subscription {', 'GRAPHQL_PARSE_FAILED'],
])('what is wrong with %s is said at once', async (query, code) => {
  const { open } = await setUp();
  const error = { extensions: { code } };
  const asStream = await open({ query });
  await expect.poll(asStream.isEnded).toBe(true);
  expect(asStream.results()).toMatchObject([{ errors: [error] }]);
  expect(asStream.text()).not.toContain('"http"');
  const asJson = await open({ query, headers: { accept: `${SSE}, application/graphql-response+json` } });
  await expect.poll(asJson.isEnded).toBe(true);
  expect(JSON.parse(asJson.text())).toMatchObject({ errors: [error] });
});

test.each([false, true])('without a stream a subscription is refused, by GET: %s', async (isGet) => {
  const { open } = await setUp();
  const refused = await open({ isGet, headers: { accept: 'application/graphql-response+json' } });
  await expect.poll(refused.isEnded).toBe(true);
  expect(refused.status).toBe(400);
  expect(JSON.parse(refused.text())).toMatchObject({
    errors: [{ message: expect.stringContaining('text/event-stream'), extensions: { code: 'BAD_REQUEST' } }],
  });
});

test('whoever may not read the worklist may not watch it, nor join those who may', async () => {
  const { open } = await setUp({ access: { callers: API_KEYS } });
  const allowed = await open({ headers: { 'x-api-key': LISTER_KEY } });
  await expect.poll(allowed.results).toHaveLength(1);
  const forbidden = await open({ headers: { 'x-api-key': POWERLESS_KEY } });
  await expect.poll(forbidden.isEnded).toBe(true);
  expect(forbidden.results()).toMatchObject([{ errors: [{ extensions: { code: 'FORBIDDEN' } }] }]);
  const nobody = await open({ headers: { 'x-api-key': 'wrong' } });
  expect(nobody.status).toBe(401);
});

test("what fails in a stream that many may share is nobody's in particular", async () => {
  const { open, sandbox, events } = await setUp({ access: { callers: API_KEYS } });
  sandbox.configure({ faults: [{ on: 'worklist', status: 404 }] });
  const stream = await open({ headers: { 'x-api-key': LISTER_KEY } });
  await expect.poll(stream.results).toMatchObject([{ errors: [{}] }]);
  const failures = events.filter((event) => event.type === 'operation.failed');
  expect(failures).toHaveLength(1);
  expect(failures[0]?.caller).toBeUndefined();
});

test('one caller has so many streams, and all together so many; one that ends makes room', async () => {
  const { open } = await setUp({
    access: { callers: API_KEYS },
    api: { maxStreams: 3, maxStreamsPerCaller: 2 },
  });
  const openAs = (key: string) => open({ headers: { 'x-api-key': key } });
  const first = await openAs(LISTER_KEY);
  expect((await openAs(LISTER_KEY)).status).toBe(200);
  const oneTooMany = await openAs(LISTER_KEY);
  expect(oneTooMany.status).toBe(429);
  expect(oneTooMany.headers['retry-after']).toBe('5');
  expect((await openAs(READER_KEY)).status).toBe(200);
  expect((await openAs(OPERATOR_KEY)).status).toBe(503);
  first.leave();
  await expect.poll(async () => (await openAs(OPERATOR_KEY)).status).toBe(200);
});

test('streams take no place of requests', async () => {
  const { open, query } = await setUp({ api: { maxRequests: 2 } });
  const streams = await Promise.all([open(), open().catch(() => undefined)]);
  for (let more = 0; more < 3; more += 1) streams.push(await open());
  for (const stream of streams) expect(stream?.status).toBe(200);
  expect((await query('{ worklist { total } }')).status).toBe(200);
});

test("a JWT's end closes its streams, and says why", async () => {
  const issuer = await startJwtIssuer();
  const { open, pass, clock } = await setUp({ access: { callers: issuer.callers } });
  const token = await signed(issuer.key, claims({ exp: Math.floor(clock.now() / 1_000) + 20 }));
  const stream = await open({ headers: { authorization: `Bearer ${token}` } });
  expect(stream.status).toBe(200);
  // With the tolerance of 30 s that all requests have.
  await pass(49);
  expect(stream.isEnded()).toBe(false);
  await pass(2);
  await expect.poll(stream.isEnded).toBe(true);
  expect(stream.results().at(-1)).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  expect(stream.text()).toMatch(/event: complete\ndata:\n\n$/);
});

test('a gateway that stops ends its streams without saying that they are over, and takes no more', async () => {
  const { open, gateway } = await setUp();
  const stream = await open();
  await expect.poll(stream.results).toHaveLength(1);
  gateway.endStreams();
  await expect.poll(stream.isEnded).toBe(true);
  expect(stream.text()).not.toContain('complete');
  expect((await open()).status).toBe(503);
});

test('what a subscription sends is kept while it lasts, so it may not be long', async () => {
  const { open, url } = await setUp();
  const stream = await open({ query: `${SUBSCRIPTION} # ${'x'.repeat(4_096)}` });
  expect(stream.status).toBe(413);
  await expect.poll(stream.text).toContain('REQUEST_ENTITY_TOO_LARGE');
  // A query that is as long is no subscription.
  const query = `{ worklist(limit: 1) { total } } # ${'x'.repeat(4_096)}`;
  const { status } = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'multipart/mixed;subscriptionSpec=1.0,application/json',
    },
    body: JSON.stringify({ query }),
  });
  expect(status).toBe(200);
});
