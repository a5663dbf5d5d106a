import { expect, test } from 'vitest';
import { startExperiment } from '../support/fault-experiment.ts';
import { httpResponse, recordsAt, type Exchange } from '../support/fault-laboratory.ts';

const PAGE = '{ worklist(limit: 3) { stale fetchedAt records { id } } }';
const CACHING = 'Cache-Control: max-age=0, must-revalidate\r\n';

test('a page that must be revalidated each time is sent once, and is right each time', async () => {
  const { laboratory, clock, ask } = await startExperiment();
  const bodies: string[] = [];
  const answer = ({ socket, request, rightBody }: Exchange) => {
    const isKnown = /^if-none-match: "1"\r$/im.test(request);
    bodies.push(isKnown ? '304' : '200');
    if (isKnown) return socket.write(`HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n${CACHING}\r\n`);
    const headers = `Content-Type: application/json\r\nETag: "1"\r\n${CACHING}`;
    return socket.write(httpResponse('200 OK', rightBody(), headers));
  };
  await laboratory.inflict('worklist', answer);
  for (let time = 0; time < 3; time += 1) {
    const page = { stale: false, fetchedAt: new Date(clock.now()).toISOString(), records: recordsAt(0, 3) };
    expect((await ask(PAGE)).body).toEqual({ data: { worklist: page } });
    await clock.advance(1_000);
  }
  expect(bodies).toEqual(['200', '304', '304']);

  // An attempt that is repeated after a failure asks the same.
  let failures = 1;
  await laboratory.inflict('worklist', (exchange) => {
    failures -= 1;
    return failures < 0 ? answer(exchange) : exchange.socket.write(httpResponse('503 Broken', '{}'));
  });
  expect((await ask(PAGE)).body).toMatchObject({ data: { worklist: { records: recordsAt(0, 3) } } });
  expect(bodies.at(-1)).toBe('304');
});

test('a page of maintenance is no list, and does not answer for it afterwards', async () => {
  const { laboratory, clock, ask } = await startExperiment();
  const CHANGED = 'Last-Modified: Sat, 31 Jan 2026 09:00:00 GMT\r\nDate: Sat, 31 Jan 2026 09:30:00 GMT\r\n';
  let isInMaintenance = false;
  await laboratory.inflict('worklist', ({ socket, request, rightBody }) => {
    const [type, body] = isInMaintenance
      ? ['text/html', '<html>Maintenance</html>']
      : ['application/json', rightBody()];
    // Nothing has changed on the disk since, in either of them.
    const isKnown = !isInMaintenance && /^if-modified-since: /im.test(request);
    if (isKnown) return socket.write(`HTTP/1.1 304 Not Modified\r\n${CACHING}\r\n`);
    return socket.write(httpResponse('200 OK', body, `Content-Type: ${type}\r\n${CHANGED}${CACHING}`));
  });
  const list = { data: { worklist: { records: recordsAt(0, 3) } } };
  for (const isDown of [false, false, true, false, true, false, false]) {
    isInMaintenance = isDown;
    const { body } = await ask(PAGE);
    const failure = { errors: [{ extensions: { code: 'UPSTREAM_BAD_RESPONSE' } }] };
    expect(body).toMatchObject(isDown ? failure : list);
    await clock.advance(1_000);
  }
});
