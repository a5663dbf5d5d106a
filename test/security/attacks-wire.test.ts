import { expect, test } from 'vitest';
import { startGateway } from '../support/gateway-harness.ts';
import { leakIn } from './attack.ts';
import { sendBytes } from '../support/wire.ts';

const BODY = JSON.stringify({ query: '{ worklist { total } }' });
const LENGTH = `Content-Length: ${BODY.length}`;
const CHUNKED = 'Transfer-Encoding: chunked';
const CHUNK = `${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`;
const GET_PAGE = `/graphql?query=${encodeURIComponent('{ worklist { total } }')}`;
const GET_NAME = `/graphql?query=${encodeURIComponent('{ __typename }')}`;

const NOTHING: readonly number[] = [];

/** A POST with these lines in its head, and Host, Content-Type and Connection. */
function post(lines: readonly string[], body = BODY, start = 'POST /graphql HTTP/1.1'): string {
  const common = ['Host: localhost', 'Content-Type: application/json', 'Connection: close'];
  return `${[start, ...common, ...lines].join('\r\n')}\r\n\r\n${body}`;
}

/** A GET of this target by this version, with these lines in its head. */
function get(target: string, lines = ['Host: localhost'], version = 'HTTP/1.1', method = 'GET'): string {
  return `${[`${method} ${target} ${version}`, ...lines, 'Connection: close'].join('\r\n')}\r\n\r\n`;
}

/** The same request with another type of body. */
function plain(bytes: string): string {
  return bytes.replace('application/json', 'text/plain');
}

/** The same request on a connection that is to be kept. */
function kept(bytes: string): string {
  return bytes.replace('Connection: close\r\n', '');
}

interface WireAttack {
  readonly rule: string;
  readonly bytes: string;
  /** Of all responses until the connection ends. */
  readonly statuses: readonly number[];
  /** How many requests for a page reach the upstream; none unless it is said. */
  readonly calls?: number;
}

const ATTACKS: readonly WireAttack[] = [
  { rule: 'a well-formed request is answered', bytes: post([LENGTH]), statuses: [200], calls: 1 },
  {
    rule: 'a well-formed request in pieces is answered',
    bytes: post([CHUNKED], CHUNK),
    statuses: [200],
    calls: 1,
  },

  // One request that could be read as two
  { rule: 'a length and pieces at once are refused', bytes: post([LENGTH, CHUNKED], CHUNK), statuses: [400] },
  {
    rule: 'pieces and a length at once are refused',
    bytes: post([CHUNKED, 'Content-Length: 4'], CHUNK),
    statuses: [400],
  },
  { rule: 'two lengths are refused', bytes: post([LENGTH, 'Content-Length: 0']), statuses: [400] },
  { rule: 'a length that is a list is refused', bytes: post([`${LENGTH}, ${BODY.length}`]), statuses: [400] },
  { rule: 'a negative length is refused', bytes: post(['Content-Length: -1']), statuses: [400] },
  {
    rule: 'a length with a sign is refused',
    bytes: post([`Content-Length: +${BODY.length}`]),
    statuses: [400],
  },
  {
    rule: 'a length in hexadecimal digits is refused',
    bytes: post(['Content-Length: 0x20']),
    statuses: [400],
  },
  {
    rule: 'a space before the colon is refused',
    bytes: post(['Transfer-Encoding : chunked', LENGTH]),
    statuses: [400],
  },
  {
    rule: 'a coding of another name is refused',
    bytes: post(['Transfer-Encoding: xchunked'], CHUNK),
    statuses: [400],
  },
  {
    rule: 'pieces that are not the last coding are refused',
    bytes: post(['Transfer-Encoding: chunked, identity'], CHUNK),
    statuses: [400],
  },
  {
    rule: 'pieces twice over are refused',
    bytes: post([CHUNKED, 'Transfer-Encoding: identity'], CHUNK),
    statuses: [400],
  },
  {
    rule: 'a header that goes on in the next line is refused',
    bytes: post(['Transfer-Encoding:\r\n chunked', LENGTH], CHUNK),
    statuses: [400],
  },
  {
    rule: 'a size of a piece that is no number is refused',
    bytes: post([CHUNKED], `zz\r\n${BODY}\r\n0\r\n\r\n`),
    statuses: [400],
  },
  {
    rule: 'a size of a piece beyond all numbers is refused',
    bytes: post([CHUNKED], `fffffffffffffffff\r\n${BODY}\r\n`),
    statuses: [400],
  },
  {
    rule: 'a piece longer than its size is refused',
    bytes: post([CHUNKED], `2\r\n${BODY}\r\n0\r\n\r\n`),
    statuses: [400],
  },
  {
    rule: 'lines that end with a line feed only are refused',
    bytes: post([LENGTH]).replaceAll('\r\n', '\n'),
    statuses: [400],
  },
  {
    rule: 'a carriage return within a header is refused',
    bytes: post([`X-A: b\rTransfer-Encoding: chunked`, LENGTH]),
    statuses: [400],
  },
  {
    rule: 'a request in the body of a refused one is not answered, one behind it is',
    bytes: kept(plain(post([`Content-Length: ${get(GET_PAGE).length}`], get(GET_PAGE)))) + get(GET_NAME),
    statuses: [415, 200],
  },
  {
    rule: 'a request behind a refused one with a long body is not answered',
    bytes: kept(plain(post([`Content-Length: 20000`], 'x'.repeat(20_000)))) + get(GET_NAME),
    statuses: [415],
  },
  {
    rule: 'a request behind a refused one with a body in pieces is not answered',
    bytes: kept(plain(post([CHUNKED], CHUNK))) + get(GET_NAME),
    statuses: [415],
  },

  // What is no HTTP/1.1
  { rule: 'the preface of HTTP/2 is refused', bytes: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', statuses: [400] },
  { rule: 'a request of HTTP/0.9 is refused', bytes: `GET ${GET_PAGE}\r\n\r\n`, statuses: [421] },
  {
    rule: 'a request of a version that is none is refused',
    bytes: get(GET_PAGE, ['Host: localhost'], 'HTTP/9.9'),
    statuses: [400],
  },
  {
    rule: 'the begin of TLS is refused',
    bytes: '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003',
    statuses: [400],
  },
  {
    rule: 'an unknown method is refused',
    bytes: get('/graphql', ['Host: localhost'], 'HTTP/1.1', 'STEAL'),
    statuses: [400],
  },
  {
    rule: 'a tunnel is not made',
    bytes: get('evil.example:443', ['Host: localhost'], 'HTTP/1.1', 'CONNECT'),
    statuses: NOTHING,
  },
  { rule: 'a zero byte in a header is refused', bytes: post([LENGTH, 'X-A: \0']), statuses: [400] },
  { rule: 'a header without a colon is refused', bytes: post([LENGTH, 'X-A']), statuses: [400] },
  { rule: 'a header with a space in its name is refused', bytes: post([LENGTH, 'X A: b']), statuses: [400] },
  {
    rule: 'an expectation that is not known is refused',
    bytes: post([LENGTH, 'Expect: mercy']),
    statuses: [417],
  },

  // Hosts and targets
  { rule: 'no Host is refused', bytes: get(GET_PAGE, []), statuses: [400] },
  { rule: 'no Host is refused under HTTP/1.0, too', bytes: get(GET_PAGE, [], 'HTTP/1.0'), statuses: [421] },
  {
    rule: 'two Hosts are refused',
    bytes: get(GET_PAGE, ['Host: localhost', 'Host: evil.example']),
    statuses: [400],
  },
  {
    rule: 'two Hosts are refused in the other order, too',
    bytes: get(GET_PAGE, ['Host: evil.example', 'Host: localhost']),
    statuses: [400],
  },
  {
    rule: 'an address of another in the place of the path is refused',
    bytes: get(`http://evil.example${GET_PAGE}`),
    statuses: [421],
  },
  {
    rule: 'our own address in the place of the path is that path',
    bytes: get(`http://localhost${GET_PAGE}`),
    statuses: [200],
    calls: 1,
  },
  {
    rule: 'two Authorizations are refused',
    bytes: post([LENGTH, 'Authorization: a', 'Authorization: a']),
    statuses: [400],
  },
  {
    rule: 'an address without its scheme is refused',
    bytes: get(`@evil.example${GET_PAGE}`),
    statuses: [400],
  },
  { rule: 'a path without its slash is refused', bytes: get('graphql'), statuses: [400] },
  {
    rule: 'the whole server in the place of the path is not found',
    bytes: get('*', ['Host: localhost:80'], 'HTTP/1.1', 'OPTIONS'),
    statuses: [404],
  },
  {
    rule: 'line ends written as %0d%0a stay in the path',
    bytes: get('/graphql%0d%0aX-A:%20b'),
    statuses: [404],
  },

  // Sizes
  {
    rule: '20 kB of one header are refused',
    bytes: post([LENGTH, `X-A: ${'a'.repeat(20_000)}`]),
    statuses: [431],
  },
  {
    rule: '20 kB of many headers are refused',
    bytes: post([LENGTH, ...Array.from({ length: 2_000 }, (_, index) => `X-${index}: abcdef`)]),
    statuses: [431],
  },
  {
    rule: '20 kB of credentials are refused',
    bytes: post([LENGTH, `Authorization: Bearer ${'a'.repeat(20_000)}`]),
    statuses: [431],
  },
  {
    rule: '20 kB of cookies are refused',
    bytes: post([LENGTH, `Cookie: ${'a=b; '.repeat(4_000)}`]),
    statuses: [431],
  },
  { rule: '20 kB of path are refused', bytes: get(`/graphql?query=${'a'.repeat(20_000)}`), statuses: [431] },
];

test.each(ATTACKS)('$rule', async ({ bytes, statuses, calls = 0 }) => {
  const { url, events, sandbox } = await startGateway();
  const received = await sendBytes(url, bytes);
  expect([...received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status))).toEqual(statuses);
  expect(sandbox.worklistRequests()).toHaveLength(calls);
  expect(leakIn(received)).toBeUndefined();
  expect(events.filter(({ type }) => type === 'operation.crashed')).toEqual([]);
  expect((await fetch(`${url}/livez`)).status).toBe(200);
});

test('a client that goes away is no crash', async () => {
  const { url, events, sandbox } = await startGateway({
    sandbox: { faults: [{ on: 'worklist', hang: true }] },
  });
  const leaver = new AbortController();
  const left = fetch(url + GET_PAGE, { signal: leaver.signal });
  await expect.poll(() => sandbox.worklistRequests().length).toBe(1);
  leaver.abort();
  await expect(left).rejects.toThrow(/abort/i);
  await expect.poll(() => sandbox.worklistRequests()[0]?.closedByClient()).toBe(true);
  expect(events.filter(({ type }) => type === 'operation.crashed')).toEqual([]);
});
