import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { startGateway } from '../support/gateway-harness.ts';
import { createManualClock } from '../support/manual-clock.ts';

const SUBSCRIPTION = 'subscription Live { worklist(limit: 3) { total stale records { id } } }';

/** Opens a stream and gathers what comes of it. */
async function open(url: string, body: object, headers: Readonly<Record<string, string>> = {}) {
  const asked = request(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
  });
  asked.end(JSON.stringify(body));
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  let text = '';
  response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  response.on('error', () => {});
  onTestFinished(() => void asked.destroy());
  return {
    status: response.statusCode,
    headers: response.headers,
    text: () => text,
    /** The results so far. */
    results: () =>
      [...text.matchAll(/^event: next\ndata: (.*)$/gm)].map(([, json = '']) => JSON.parse(json) as unknown),
    ended: once(response, 'close'),
    leave: () => asked.destroy(),
  };
}

test('a subscription gives the page at once', async () => {
  const { url } = await startGateway();
  const stream = await open(url, { query: SUBSCRIPTION });
  expect(stream.status).toBe(200);
  expect(stream.headers['content-type']).toBe('text/event-stream; charset=utf-8');
  await expect.poll(stream.results).toHaveLength(1);
  expect(stream.results()[0]).toMatchObject({ data: { worklist: { total: 240, stale: false } } });
});
