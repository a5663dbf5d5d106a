/*
 * The load where wrk is not installed: `autocannon.js FILE KEY CONNECTIONS SECONDS URL` sends the requests of a file in
 * turn, one a line: a path, or the body of a POST. Prints one line of JSON at the end.
 */
import autocannon from 'autocannon';
import { readFileSync } from 'node:fs';

const [file, key, connections, seconds, url] = process.argv.slice(2);
const headers = {
  'content-type': 'application/json',
  accept: 'application/graphql-response+json, application/json',
  authorization: `Bearer ${key}`,
};
const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
const requests = lines.map((line) =>
  line.startsWith('/')
    ? { method: 'GET', path: line, headers }
    : { method: 'POST', path: '/graphql', headers, body: line },
);

/** All connections take from one list, so that nothing is asked for twice before its turn comes again. */
let turn = 0;
const next = () => requests[turn++ % requests.length];

const { duration, errors, non2xx, latency, ...result } = await autocannon({
  url,
  connections: Number(connections),
  duration: Number(seconds),
  requests: [{ setupRequest: (request) => ({ ...request, ...next() }) }],
});
console.log(
  JSON.stringify({
    requests: result.requests.total,
    seconds: duration,
    failed: errors + non2xx,
    p50Ms: latency.p50,
    p99Ms: latency.p99,
    maxMs: latency.max,
  }),
);
