import { expect, test } from 'vitest';
import { createFetchPage } from '../../src/datasources/fetch-page.ts';
import { createWorklistAdapter } from '../../src/datasources/wire/worklist-adapter.ts';
import { ASSUMED_SHAPE } from '../../src/worklist-shape.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { answerOf, createScriptedSend, type ScriptedResponse } from '../support/scripted-send.ts';

const ASKED = { offset: 40, limit: 20 };

function setUp(...script: readonly ScriptedResponse[]) {
  const { send, requests } = createScriptedSend(...script);
  const fetchPage = createFetchPage({
    send,
    apiUrl: new URL('https://speech.example/v1/api/'),
    adapter: createWorklistAdapter({ shape: ASSUMED_SHAPE, onUnexpectedType: () => {} }),
    clock: createManualClock(),
  });
  const { signal } = new AbortController();
  return { requests, fetchPage: () => fetchPage({ asked: ASKED, signal, deadlineAtMs: 7 }) };
}

test('one call asks for the window, as JSON', async () => {
  const body = Buffer.from('{"records":[{"id":1}],"total":41}');
  const { fetchPage, requests } = setUp({
    ...answerOf(200, { etag: '"1"', 'cache-control': 'max-age=9' }),
    body,
  });
  expect(await fetchPage()).toMatchObject({
    records: [{ id: '1' }],
    total: 41,
    caching: { maxAgeMs: 9_000 },
  });
  expect(requests[0]).toMatchObject({
    method: 'GET',
    headers: { accept: 'application/json' },
    deadlineAtMs: 7,
  });
  expect(requests[0]?.url.href).toBe('https://speech.example/v1/api/records/worklist?offset=40&limit=20');
});

test('a 304 that nobody asked for is a bad response', async () => {
  await expect(setUp(304).fetchPage()).rejects.toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE' });
});
