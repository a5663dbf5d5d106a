import { expect, test } from 'vitest';
import { createFetchPage } from '../../src/datasources/fetch-page.ts';
import { createWorklistAdapter } from '../../src/datasources/wire/worklist-adapter.ts';
import { ASSUMED_SHAPE } from '../../src/worklist-shape.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { answerOf, createScriptedSend, type ScriptedAnswer } from '../support/scripted-send.ts';

const ASKED = { offset: 40, limit: 20 };

function setUp(...script: readonly ScriptedAnswer[]) {
  const { send, requests } = createScriptedSend(...script);
  const fetchPage = createFetchPage({
    send,
    apiUrl: new URL('https://speech.example/v1/api/'),
    adapter: createWorklistAdapter({ shape: ASSUMED_SHAPE, onUnexpectedType: () => {} }),
    clock: createManualClock(),
  });
  const { signal } = new AbortController();
  return { requests, fetchPage: () => fetchPage({ asked: ASKED, signal }) };
}

test('one call asks for the window, as JSON', async () => {
  const body = Buffer.from('{"records":[{"id":1}],"total":41}');
  const { fetchPage, requests } = setUp({
    ...answerOf(200, { etag: '"1"', 'cache-control': 'max-age=9' }),
    body,
  });
  expect(await fetchPage()).toMatchObject({
    page: { records: [{ id: '1' }], total: 41 },
    caching: { etag: '"1"', maxAgeMs: 9_000 },
    bodyBytes: body.byteLength,
  });
  expect(requests[0]).toMatchObject({ method: 'GET', headers: { accept: 'application/json' } });
  expect(requests[0]?.url.href).toBe('https://speech.example/v1/api/records/worklist?offset=40&limit=20');
  expect(requests[0]?.headers).not.toHaveProperty('if-none-match');
});

test('a 304 that nobody asked for is a bad response', async () => {
  await expect(setUp(304).fetchPage()).rejects.toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE' });
});
