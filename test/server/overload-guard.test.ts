import { once } from 'node:events';
import { request, type ServerResponse } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { withOverloadGuard } from '../../src/server/overload-guard.ts';
import { sentBytes } from '../../src/server/sent-bytes.ts';
import { startServer } from '../../src/server/start-server.ts';

const MIB = 1_024 * 1_024;

/** A guarded server that leaves requests unanswered. `ask` gives its answer's status, or `waiting`. */
async function setUp() {
  const waiting: ServerResponse[] = [];
  let tell = () => {};
  const listener = withOverloadGuard(
    (_request, response) => {
      waiting.push(response);
      tell();
    },
    { maxRequests: 1_000, maxBodyBytes: MIB, report: () => {} },
  );
  const server = await startServer({ listener, host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close(0));

  async function ask(headers: Readonly<Record<string, string>>): Promise<number | 'waiting'> {
    const asked = request(server.url, { method: 'POST', headers });
    asked.on('error', () => {});
    asked.flushHeaders();
    const left = new Promise<'waiting'>((resolve) => {
      tell = () => resolve('waiting');
    });
    const answered = once(asked, 'response').then(([{ statusCode }]) => Number(statusCode));
    return Promise.race([left, answered]);
  }
  return { ask, waiting };
}

test.each([
  ['a length', { 'content-length': String(MIB) }],
  ['a length above what is read of it', { 'content-length': String(50 * MIB) }],
  ['no length', { 'transfer-encoding': 'chunked' }],
])('bodies in flight, each with %s, have 8 MiB together: beyond that is 503', async (_what, headers) => {
  const { ask, waiting } = await setUp();
  const outcomes: unknown[] = [];
  // The targets take a byte each, so that eight times 1 MiB is too much.
  for (let number = 0; number < 8; number += 1) outcomes.push(await ask(headers));
  expect(outcomes).toEqual([...Array.from({ length: 7 }, () => 'waiting'), 503]);

  const [first] = waiting;
  const closed = first === undefined ? undefined : once(first, 'close');
  first?.end();
  await closed;
  expect(await ask(headers)).toBe('waiting');
});

test('small requests are bounded by their number alone', async () => {
  const { ask } = await setUp();
  for (let number = 0; number < 20; number += 1)
    expect(await ask({ 'content-length': '500' })).toBe('waiting');
});

test.each([
  [{ url: '/graphql', headers: {} }, 8],
  [{ url: '/graphql', headers: { 'content-length': '30' } }, 38],
  [{ url: '/graphql', headers: { 'content-length': '31' } }, 38],
  [{ url: '/graphql', headers: { 'transfer-encoding': 'chunked' } }, 38],
])('%j counts as %i bytes where 30 are read of a body', (sent, bytes) => {
  expect(sentBytes(sent, 30)).toBe(bytes);
});
