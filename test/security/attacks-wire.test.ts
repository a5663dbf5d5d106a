import { expect, test } from 'vitest';
import { startGateway } from '../support/gateway-harness.ts';
import { leakIn } from './attack.ts';
import { sendBytes } from './wire.ts';

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

/** The rule, the bytes, the statuses of all answers until the connection ends, and the calls to the upstream. */
const ATTACKS: readonly (readonly [string, string, readonly number[], number])[] = [
  ['a well-formed request is answered', post([LENGTH]), [200], 1],
  ['a well-formed request in pieces is answered', post([CHUNKED], CHUNK), [200], 1],

  // One request that could be read as two
  ['a length and pieces at once are refused', post([LENGTH, CHUNKED], CHUNK), [400], 0],
  ['pieces and a length at once are refused', post([CHUNKED, 'Content-Length: 4'], CHUNK), [400], 0],
  ['two lengths are refused', post([LENGTH, 'Content-Length: 0']), [400], 0],
  ['a length that is a list is refused', post([`${LENGTH}, ${BODY.length}`]), [400], 0],
  ['a negative length is refused', post(['Content-Length: -1']), [400], 0],
  ['a length with a sign is refused', post([`Content-Length: +${BODY.length}`]), [400], 0],
  ['a length in hexadecimal digits is refused', post(['Content-Length: 0x20']), [400], 0],
  ['a space before the colon is refused', post(['Transfer-Encoding : chunked', LENGTH]), [400], 0],
  ['a coding of another name is refused', post(['Transfer-Encoding: xchunked'], CHUNK), [400], 0],
  [
    'pieces that are not the last coding are refused',
    post(['Transfer-Encoding: chunked, identity'], CHUNK),
    [400],
    0,
  ],
  ['pieces twice over are refused', post([CHUNKED, 'Transfer-Encoding: identity'], CHUNK), [400], 0],
  [
    'a header that goes on in the next line is refused',
    post(['Transfer-Encoding:\r\n chunked', LENGTH], CHUNK),
    [400],
    0,
  ],
  ['a size of a piece that is no number is refused', post([CHUNKED], `zz\r\n${BODY}\r\n0\r\n\r\n`), [400], 0],
  [
    'a size of a piece beyond all numbers is refused',
    post([CHUNKED], `fffffffffffffffff\r\n${BODY}\r\n`),
    [400],
    0,
  ],
  ['a piece longer than its size is refused', post([CHUNKED], `2\r\n${BODY}\r\n0\r\n\r\n`), [400], 0],
  ['lines that end with a line feed only are refused', post([LENGTH]).replaceAll('\r\n', '\n'), [400], 0],
  [
    'a carriage return within a header is refused',
    post([`X-A: b\rTransfer-Encoding: chunked`, LENGTH]),
    [400],
    0,
  ],
  [
    'a request in the body of a refused one is not answered, one behind it is',
    kept(plain(post([`Content-Length: ${get(GET_PAGE).length}`], get(GET_PAGE)))) + get(GET_NAME),
    [415, 200],
    0,
  ],
  [
    'a request behind a refused one with a long body is not answered',
    kept(plain(post([`Content-Length: 20000`], 'x'.repeat(20_000)))) + get(GET_NAME),
    [415],
    0,
  ],
  [
    'a request behind a refused one with a body in pieces is not answered',
    kept(plain(post([CHUNKED], CHUNK))) + get(GET_NAME),
    [415],
    0,
  ],

  // What is no HTTP/1.1
  ['the preface of HTTP/2 is refused', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [400], 0],
  ['a request of HTTP/0.9 is refused', `GET ${GET_PAGE}\r\n\r\n`, [421], 0],
  [
    'a request of a version that is none is refused',
    get(GET_PAGE, ['Host: localhost'], 'HTTP/9.9'),
    [400],
    0,
  ],
  [
    'the begin of TLS is refused',
    '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003',
    [400],
    0,
  ],
  ['an unknown method is refused', get('/graphql', ['Host: localhost'], 'HTTP/1.1', 'STEAL'), [400], 0],
  ['a tunnel is not made', get('evil.example:443', ['Host: localhost'], 'HTTP/1.1', 'CONNECT'), NOTHING, 0],
  ['a zero byte in a header is refused', post([LENGTH, 'X-A: \0']), [400], 0],
  ['a header without a colon is refused', post([LENGTH, 'X-A']), [400], 0],
  ['a header with a space in its name is refused', post([LENGTH, 'X A: b']), [400], 0],
  ['an expectation that is not known is refused', post([LENGTH, 'Expect: mercy']), [417], 0],

  // Hosts and targets
  ['no Host is refused', get(GET_PAGE, []), [400], 0],
  ['no Host is refused under HTTP/1.0, too', get(GET_PAGE, [], 'HTTP/1.0'), [421], 0],
  ['two Hosts are refused', get(GET_PAGE, ['Host: localhost', 'Host: evil.example']), [400], 0],
  [
    'two Hosts are refused in the other order, too',
    get(GET_PAGE, ['Host: evil.example', 'Host: localhost']),
    [400],
    0,
  ],
  [
    'an address of another in the place of the path is refused',
    get(`http://evil.example${GET_PAGE}`),
    [421],
    0,
  ],
  ['our own address in the place of the path is that path', get(`http://localhost${GET_PAGE}`), [200], 1],
  ['two Authorizations are refused', post([LENGTH, 'Authorization: a', 'Authorization: a']), [400], 0],
  ['an address without its scheme is refused', get(`@evil.example${GET_PAGE}`), [400], 0],
  ['a path without its slash is refused', get('graphql'), [400], 0],
  [
    'the whole server in the place of the path is not found',
    get('*', ['Host: localhost:80'], 'HTTP/1.1', 'OPTIONS'),
    [404],
    0,
  ],
  ['line ends written as %0d%0a stay in the path', get('/graphql%0d%0aX-A:%20b'), [404], 0],

  // Sizes
  ['20 kB of one header are refused', post([LENGTH, `X-A: ${'a'.repeat(20_000)}`]), [431], 0],
  [
    '20 kB of many headers are refused',
    post([LENGTH, ...Array.from({ length: 2_000 }, (_, index) => `X-${index}: abcdef`)]),
    [431],
    0,
  ],
  [
    '20 kB of credentials are refused',
    post([LENGTH, `Authorization: Bearer ${'a'.repeat(20_000)}`]),
    [431],
    0,
  ],
  ['20 kB of cookies are refused', post([LENGTH, `Cookie: ${'a=b; '.repeat(4_000)}`]), [431], 0],
  ['20 kB of path are refused', get(`/graphql?query=${'a'.repeat(20_000)}`), [431], 0],
];

test.each(ATTACKS)('%s', async (_rule, bytes, statuses, calls) => {
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
