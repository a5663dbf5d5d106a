import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { once } from 'node:events';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { createPage, type Page } from '../../src/server/page.ts';
import { startServer } from '../../src/server/start-server.ts';

const HTML = `<!doctype html>${'<p>page</p>'.repeat(1_000)}`;

/** A server of one page, which is rendered as the test says. */
async function serve(render: () => Promise<Page>) {
  const page = createPage(render);
  const { url, close } = await startServer({
    host: '127.0.0.1',
    port: 0,
    listener: (request, response) => {
      page(request, response).catch(() => response.writeHead(500).end());
    },
  });
  onTestFinished(() => close(0));
  return async (headers: Readonly<Record<string, string>> = {}, method = 'GET') => {
    const outgoing = httpRequest(url, { method, headers, agent: false }).end();
    const [incoming] = await once(outgoing, 'response');
    return { status: incoming.statusCode, headers: incoming.headers, body: await buffer(incoming) };
  };
}

const render = async () => ({ html: HTML, policy: "default-src 'none'" });

test.each([
  ['br', 'br', brotliDecompressSync],
  ['gzip', 'gzip', gunzipSync],
  ['gzip, deflate, br, zstd', 'br', brotliDecompressSync],
  ['gzip;q=1.0, br;q=0.5', 'gzip', gunzipSync],
  ['x-gzip', 'gzip', gunzipSync],
  ['*', 'br', brotliDecompressSync],
  ['br;q=0, *', 'gzip', gunzipSync],
] as const)('to who accepts %s it comes as %s', async (accepted, coding, unpack) => {
  const get = await serve(render);
  const { status, headers, body } = await get({ 'accept-encoding': accepted });
  expect([status, headers['content-encoding']]).toEqual([200, coding]);
  expect(headers['content-length']).toBe(String(body.length));
  expect(body.length).toBeLessThan(HTML.length / 10);
  expect(unpack(body).toString()).toBe(HTML);
});

test.each(['', 'identity', 'deflate', 'br;q=0, gzip;q=0', 'identity, br;q=0.5'])(
  'to who accepts %j it comes as it is',
  async (accepted) => {
    const get = await serve(render);
    const { headers, body } = await get({ 'accept-encoding': accepted });
    expect([headers['content-encoding'], body.toString()]).toEqual([undefined, HTML]);
  },
);

test('it is kept, and asked for again by its content: 304 where it is the same', async () => {
  const get = await serve(render);
  const { headers } = await get({ 'accept-encoding': 'br' });
  expect(headers).toMatchObject({
    'cache-control': 'no-cache',
    vary: 'Accept, Accept-Encoding, Origin',
    'content-security-policy': "default-src 'none'",
  });
  expect(headers.etag).toContain(createHash('sha256').update(HTML).digest('base64url').slice(0, 22));

  for (const tag of [headers.etag, `W/${headers.etag}`, `"other", ${headers.etag}`, '*']) {
    const again = await get({ 'accept-encoding': 'br', 'if-none-match': String(tag) });
    expect([again.status, again.body.length, again.headers.etag]).toEqual([304, 0, headers.etag]);
    expect(again.headers['content-security-policy']).toBe("default-src 'none'");
  }
  // Another coding is another body, and so is another page.
  expect((await get({ 'if-none-match': String(headers.etag) })).status).toBe(200);
  const other = await serve(async () => ({ html: 'other', policy: '' }));
  expect((await other({ 'accept-encoding': 'br', 'if-none-match': String(headers.etag) })).status).toBe(200);
});

test('HEAD has the head of GET, and no body', async () => {
  const get = await serve(render);
  const { date: _, ...full } = (await get({ 'accept-encoding': 'gzip' })).headers;
  const head = await get({ 'accept-encoding': 'gzip' }, 'HEAD');
  expect([head.status, head.body.length]).toEqual([200, 0]);
  expect(head.headers).toMatchObject(full);
});

test('it is rendered once, also for those who come at the same time', async () => {
  let renders = 0;
  const get = await serve(() => {
    renders += 1;
    return render();
  });
  await Promise.all(Array.from({ length: 10 }, () => get()));
  await get();
  expect(renders).toBe(1);
});

test('where it could not be loaded once, it is loaded for the next visitor', async () => {
  let renders = 0;
  const get = await serve(() => {
    renders += 1;
    return renders === 1 ? Promise.reject(new Error('no such file')) : render();
  });
  expect((await get()).status).toBe(500);
  expect((await get()).status).toBe(200);
});
