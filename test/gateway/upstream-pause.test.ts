import { expect, test } from 'vitest';
import { eventually, startExperiment } from '../support/fault-experiment.ts';
import { httpResponse, recordsAt } from '../support/fault-laboratory.ts';

const pageAt = (offset: number) => `{ worklist(offset: ${offset}, limit: 3) { records { id } } }`;

test('while GoSpeech asks for a pause, no page is asked for, whichever it is', async () => {
  const { laboratory, gateway, clock, ask } = await startExperiment();
  await ask(pageAt(0));
  await laboratory.inflict('worklist', ({ socket }) =>
    socket.write(httpResponse('429 Wait', '{}', 'Retry-After: 30\r\n')),
  );
  await ask(pageAt(3));
  await laboratory.heal();
  const asked = laboratory.requests('worklist').length;

  for (let offset = 6; offset < 126; offset += 3) {
    const { body } = await ask(pageAt(offset));
    expect(body.errors?.[0]?.extensions).toEqual({
      code: 'UPSTREAM_RATE_LIMITED',
      retryable: true,
      retryAfterMs: 30_000,
    });
  }
  expect(laboratory.requests('worklist')).toHaveLength(asked);
  expect(gateway.events.filter(({ type }) => type === 'upstream.paused')).toHaveLength(1);

  await clock.advance(30_000);
  expect((await ask(pageAt(6))).body).toEqual({ data: { worklist: { records: recordsAt(6, 3) } } });
});

test('what waits for its turn when the pause begins is not sent', async () => {
  const { laboratory, gateway, ask, run } = await startExperiment({ upstream: { maxConnections: 1 } });
  await ask('{ token { tokenType } }');
  let answer = () => {};
  await laboratory.inflict('worklist', ({ socket }) => {
    answer = () => socket.write(httpResponse('503 Wait', '{}', 'Retry-After: 30\r\n'));
  });
  const answers = run(() => Promise.all([0, 10, 20, 30].map((offset) => gateway.query(pageAt(offset)))));
  await eventually(() => gateway.events.filter(({ type }) => type === 'upstream.queued').length === 3);
  await eventually(() => laboratory.requests('worklist').length === 1);
  answer();
  for (const { body } of await answers) {
    expect(body.errors?.[0]?.extensions).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      retryAfterMs: 30_000,
    });
  }
  expect(laboratory.requests('worklist')).toHaveLength(1);
});
