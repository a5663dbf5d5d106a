import { once } from 'node:events';
import { request, type ServerResponse } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { withOverloadGuard } from '../../src/server/overload-guard.ts';
import { sendRefusal } from '../../src/server/refusal.ts';
import { startServer } from '../../src/server/start-server.ts';

const MIB = 1_024 * 1_024;

/** A guarded server that reads requests and leaves them unanswered. */
async function setUp({ maxRequests = 1_000 } = {}) {
  /** By target: how many bytes were read of each body, and what is to be answered. */
  const read = new Map<string, number>();
  const waiting = new Map<string, ServerResponse>();
  const refusals: number[] = [];
  const listener = withOverloadGuard(
    (incoming, response, { onPiece }) => {
      const { url = '' } = incoming;
      waiting.set(url, response);
      read.set(url, 0);
      incoming.on('error', () => {});
      incoming.on('data', (chunk: Buffer) => {
        onPiece(chunk);
        read.set(url, (read.get(url) ?? 0) + chunk.length);
      });
    },
    {
      maxRequests,
      refuse(refusal, incoming, response) {
        refusals.push(refusal.status);
        sendRefusal(refusal, incoming, response);
      },
    },
  );
  const server = await startServer({ listener, host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close(0));

  /** Sends `bytes` of a body, and gives the status of the answer, if any, once they were read or refused. */
  async function ask(
    path: string,
    bytes: number,
    headers: Readonly<Record<string, string>>,
    method = 'POST',
  ) {
    let status: number | undefined;
    const asked = request(`${server.url}${path}`, { method, headers, agent: false });
    asked.on('error', () => {});
    asked.on('response', (response) => (status = response.resume().statusCode));
    asked.flushHeaders();
    if (bytes > 0) asked.write(Buffer.alloc(bytes));
    await expect.poll(() => status !== undefined || read.get(path) === bytes).toBe(true);
    return { status: () => status };
  }

  /** A request whose body is there as a whole. */
  const askWhole = (path: string, bytes: number) => ask(path, bytes, { 'content-length': String(bytes) });

  return { ask, askWhole, waiting, refusals };
}

test('bodies in flight have 8 MiB together: beyond that is 503', async () => {
  const { askWhole, waiting, refusals } = await setUp();
  // The targets take some bytes each, so that eight times 1 MiB is too much.
  for (let number = 0; number < 7; number += 1)
    expect((await askWhole(`/${number}`, MIB)).status()).toBeUndefined();
  const last = await askWhole('/last', MIB);
  await expect.poll(last.status).toBe(503);
  expect(refusals).toEqual([503]);

  const first = waiting.get('/0');
  const closed = first && once(first, 'close');
  first?.end();
  await closed;
  expect((await askWhole('/next', MIB)).status()).toBeUndefined();
});

test.each([
  ['a length', { 'content-length': String(MIB) }],
  ['no length', { 'transfer-encoding': 'chunked' }],
])('bodies with %s that have sent little take up little, however many stall', async (_what, headers) => {
  const { ask, askWhole, refusals } = await setUp();
  for (let number = 0; number < 83; number += 1) await ask(`/${number}`, 1, headers);
  expect((await askWhole('/small', 500)).status()).toBeUndefined();
  expect((await askWhole('/large', MIB)).status()).toBeUndefined();
  expect(refusals).toEqual([]);
});

test('bodies that stall make room for one that comes as a whole, the oldest first', async () => {
  const { ask, askWhole, refusals } = await setUp();
  const stalled: Awaited<ReturnType<typeof ask>>[] = [];
  for (let number = 0; number < 8; number += 1)
    stalled.push(await ask(`/${number}`, MIB - 50_000, { 'content-length': String(MIB) }));
  expect((await askWhole('/whole', MIB - 50_000)).status()).toBeUndefined();
  await expect.poll(() => stalled.map(({ status }) => status())).toContain(503);
  expect(stalled.map(({ status }) => status())).toEqual([503, ...Array.from({ length: 7 })]);
  expect(refusals).toHaveLength(1);
});

test('requests that stall make room for others where there are too many', async () => {
  const { ask, askWhole } = await setUp({ maxRequests: 2 });
  const stalled = await ask('/stalled', 1, { 'content-length': '100' });
  expect((await askWhole('/first', 10)).status()).toBeUndefined();
  expect((await askWhole('/second', 10)).status()).toBeUndefined();
  await expect.poll(stalled.status).toBe(503);
  const third = await askWhole('/third', 10);
  await expect.poll(third.status).toBe(503);
});

test('small requests are bounded by their number alone', async () => {
  const { askWhole } = await setUp();
  for (let number = 0; number < 20; number += 1)
    expect((await askWhole(`/${number}`, 500)).status()).toBeUndefined();
});

test('a GET with a body, which nobody reads, counts with all that Node takes up of it', async () => {
  const { ask, refusals } = await setUp();
  // The buffer of a request has 16 KiB or more, which is 8 MiB in 512 of them.
  for (let batch = 0; batch < 520 && refusals.length === 0; batch += 40) {
    const numbers = Array.from({ length: 40 }, (_, number) => batch + number);
    await Promise.all(numbers.map((number) => ask(`/${number}`, 0, { 'content-length': '1' }, 'GET')));
  }
  expect(refusals.length).toBeGreaterThan(0);
  expect(new Set(refusals)).toEqual(new Set([503]));
});
