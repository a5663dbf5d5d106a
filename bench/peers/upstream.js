/*
 * The REST API that all peers ask. Nothing of it is under test, and it is as light as Node allows, so that what is
 * measured is the peers: it looks at no token, and gives a page after LATENCY_MS. `GET /calls` gives how many pages were
 * asked for.
 */
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

const { PORT, LATENCY_MS = '0', RECORDS = '100000' } = process.env;
const latencyMs = Number(LATENCY_MS);
const total = Number(RECORDS);
const CREATED_AT_MS = Date.UTC(2026, 0, 1);
const STATUSES = ['Queued', 'Uploading', 'Processing', 'Completed', 'Failed'];

const TOKEN = JSON.stringify({
  access_token: 'peer',
  expires_in: 3600,
  token_type: 'Bearer',
  refresh_token: 'peer',
  scope: 'openid integrated-api',
});

function recordAt(index) {
  const createdAt = new Date(CREATED_AT_MS - index * 60_000).toISOString();
  return {
    id: `00000000-0000-4000-a000-${String(index).padStart(12, '0')}`,
    title: `Court hearing: Employment tribunal, ${index}`,
    fileName: `Court_hearing_${index}.m4a`,
    status: STATUSES[index % STATUSES.length],
    progress: index % 101,
    languageCode: index % 2 === 0 ? 'de-DE' : 'en-GB',
    durationSeconds: 60 + (index % 7_200),
    speakerCount: 1 + (index % 9),
    createdAt,
    updatedAt: createdAt,
  };
}

const pages = new Map();

function pageAt(offset, limit) {
  const key = `${offset}:${limit}`;
  const known = pages.get(key);
  if (known !== undefined) return known;
  const length = Math.max(0, Math.min(limit, total - offset));
  const records = Array.from({ length }, (_, index) => recordAt(offset + index));
  const body = Buffer.from(JSON.stringify({ records, total }));
  if (pages.size < 20_000) pages.set(key, body);
  return body;
}

let calls = 0;

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
  request.resume();
  response.setHeader('content-type', 'application/json');
  if (pathname === '/connect/token') return response.end(TOKEN);
  if (pathname === '/calls') return response.end(JSON.stringify({ calls }));
  calls += 1;
  if (latencyMs > 0) await pause(latencyMs);
  const body = pageAt(Number(searchParams.get('offset')), Number(searchParams.get('limit')));
  return response.setHeader('content-length', body.length).end(body);
});
server.listen(Number(PORT), '127.0.0.1');
