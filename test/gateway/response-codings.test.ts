import { request } from 'undici';
import { buffer } from 'node:stream/consumers';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { packBody } from '../../src/server/pack-body.ts';
import { startGateway } from '../support/gateway-harness.ts';
import { createManualClock } from '../support/manual-clock.ts';

const LARGE = '{ worklist(limit: 100) { total records { id title fields } } }';
const SMALL = '{ worklist(limit: 1) { total } }';
const UNPACK = { br: brotliDecompressSync, gzip: gunzipSync, identity: (bytes: Buffer) => bytes };

async function setUp() {
  const clock = createManualClock();
  const { url, sandbox } = await startGateway({ clock, sandboxNow: () => clock.now() });

  async function ask(query: string, { isGet = false, ...headers }: Record<string, string | boolean> = {}) {
    const sent = { accept: 'application/graphql-response+json', ...(headers as Record<string, string>) };
    const {
      statusCode,
      headers: received,
      body,
    } = isGet
      ? await request(`${url}/graphql?${new URLSearchParams({ query }).toString()}`, { headers: sent })
      : await request(`${url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...sent },
          body: JSON.stringify({ query }),
        });
    return { status: statusCode, headers: received, bytes: await buffer(body) };
  }
  return { clock, sandbox, ask };
}

test.each(['br', 'gzip', 'identity'] as const)(
  'a body is packed with %s where the client wants it so, made anew or kept',
  async (coding) => {
    const { ask } = await setUp();
    const plain = (await ask(LARGE, { 'accept-encoding': 'identity' })).bytes.toString();
    expect(plain.length).toBeGreaterThan(10_000);
    const lengths = new Set<number>();
    for (let time = 0; time < 5; time += 1) {
      const { status, headers, bytes } = await ask(LARGE, { 'accept-encoding': coding });
      expect(status).toBe(200);
      expect(headers['content-encoding'] ?? 'identity').toBe(coding);
      expect(headers['vary']).toContain('Accept-Encoding');
      expect(headers['content-length']).toBe(String(bytes.length));
      expect(UNPACK[coding](bytes).toString()).toBe(plain);
      lengths.add(bytes.length);
    }
    expect(lengths.size).toBe(1);
    expect([...lengths][0]).toBeLessThanOrEqual(coding === 'identity' ? Infinity : plain.length / 4);
  },
);

test('a body that fits into one packet is not packed', async () => {
  const { ask } = await setUp();
  const { headers, bytes } = await ask(SMALL, { 'accept-encoding': 'br' });
  expect(headers['content-encoding']).toBeUndefined();
  expect(JSON.parse(bytes.toString())).toMatchObject({ data: { worklist: { total: 240 } } });
});

test.each(['br', 'gzip', 'identity'] as const)(
  'a GET whose response may be kept is answered 304 where it is the same, in %s',
  async (coding) => {
    const { ask, clock } = await setUp();
    const get = (tag?: string) =>
      ask(LARGE, {
        isGet: true,
        'accept-encoding': coding,
        ...(tag !== undefined && { 'if-none-match': tag }),
      });
    const { headers } = await get();
    expect(headers['cache-control']).toBe('public, max-age=5');
    const etag = String(headers['etag']);
    expect(etag).toMatch(new RegExp(`^"[\\w-]{22}-${coding}"$`));
    for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await get(tag);
      expect([again.status, again.bytes.length]).toEqual([304, 0]);
      expect(again.headers['etag']).toBe(etag);
      expect(again.headers['cache-control']).toBe('public, max-age=5');
      expect(again.headers['vary']).toBe(headers['vary']);
      expect(again.headers['content-length']).toBeUndefined();
    }
    expect((await get('"other"')).status).toBe(200);
    // A second later it is the same, and may be kept for a second less.
    await clock.advance(1_000);
    const later = await get(etag);
    expect([later.status, later.headers['cache-control']]).toEqual([304, 'public, max-age=4']);
  },
);

test('another coding is another representation, and another page has another tag', async () => {
  const { ask, clock } = await setUp();
  const tagOf = async (query: string, coding: string) =>
    (await ask(query, { isGet: true, 'accept-encoding': coding })).headers['etag'];
  const query = '{ worklist(limit: 100) { fetchedAt records { id title } } }';
  const tags = [await tagOf(query, 'br'), await tagOf(query, 'gzip'), await tagOf(LARGE, 'br')];
  await clock.advance(5_000);
  tags.push(await tagOf(query, 'br'));
  expect(new Set(tags).size).toBe(4);
});

test.each([
  ['a POST', SMALL, {}],
  ['a GET with an error', '{ worklist(limit: 1) { total } nothing }', { isGet: true }],
  ['a GET of the token', '{ token { tokenType } }', { isGet: true }],
])('%s has no tag, and may not be kept', async (_what, query, how) => {
  const { ask } = await setUp();
  const { headers } = await ask(query, how);
  expect([headers['etag'], headers['cache-control']]).toEqual([undefined, 'no-store']);
});

test.each(['gzip', 'br'] as const)(
  'what is packed with %s takes no more memory than its bytes',
  async (coding) => {
    const packed = await packBody('A text that is packed. '.repeat(200), coding);
    expect(packed.buffer.byteLength).toBe(packed.length);
    expect(UNPACK[coding](packed).toString()).toContain('that is packed');
  },
);
