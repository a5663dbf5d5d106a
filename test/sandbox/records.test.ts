import { expect, test } from 'vitest';
import { arrivedBy, recordAt } from '../../src/sandbox/records.ts';
import { setUp } from './set-up.ts';

const STARTED_AT_MS = Date.UTC(2026, 2, 4, 9, 30);
const MINUTE_MS = 60_000;
const STILL = { startedAtMs: STARTED_AT_MS, arrivalEveryMs: 0 };

const recordsAt = (nowMs: number, count = 240) =>
  Array.from({ length: count }, (_none, index) => recordAt(index, STILL, nowMs));

test('a record carries every field, in the form .NET gives it', () => {
  for (const record of recordsAt(STARTED_AT_MS)) {
    expect(record).toEqual({
      id: expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-a[\da-f]{3}-[\da-f]{12}$/),
      title: expect.stringMatching(/^.+: .+$/),
      fileName: expect.stringMatching(/^.+_\d{4}-\d\d-\d\d_\d{4}\.(m4a|mp3|wav|mp4)$/),
      status: expect.stringMatching(/^(Queued|Uploading|Processing|Completed|Failed)$/),
      progress: expect.toSatisfy((percent) => Number.isInteger(percent) && percent >= 0 && percent <= 100),
      languageCode: expect.stringMatching(/^(de-DE|en-GB|fr-FR)$/),
      durationSeconds: expect.toSatisfy((seconds) =>
        record.progress < 20 ? seconds === null : Number.isInteger(seconds) && seconds >= 60,
      ),
      speakerCount: expect.toSatisfy((speakers) =>
        record.status === 'Completed' ? Number.isInteger(speakers) && speakers >= 1 : speakers === null,
      ),
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/),
      updatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/),
    });
  }
});

test('no two records have the same id', () => {
  const ids = recordsAt(STARTED_AT_MS, 10_000).map(({ id }) => id);
  expect(new Set(ids).size).toBe(10_000);
});

test('the newest record comes first', () => {
  const created = recordsAt(STARTED_AT_MS).map(({ createdAt }) => createdAt);
  expect(created).toEqual(created.toSorted().toReversed());
});

test('all four kinds occur in all three languages', () => {
  const kinds = recordsAt(STARTED_AT_MS).map(({ languageCode, title }) => languageCode + title.split(':')[0]);
  expect(new Set(kinds).size).toBe(12);
});

test('at the start the newest are at work and the others have ended, nearly all well', () => {
  const states = recordsAt(STARTED_AT_MS).map(({ status }) => status);
  expect(new Set(states.slice(0, 12))).toEqual(new Set(['Queued', 'Uploading', 'Processing']));
  const ended = states.slice(12);
  expect(new Set(ended)).toEqual(new Set(['Completed', 'Failed']));
  expect(ended.filter((status) => status === 'Failed').length).toBeLessThan(ended.length / 10);
});

test('a record waits, uploads, is worked on and ends, and its update follows each step', () => {
  const seconds = Array.from({ length: 240 }, (_none, second) => second * 1_000);
  const steps = seconds.map((passedMs) => recordAt(0, STILL, STARTED_AT_MS + passedMs));

  expect([...new Set(steps.map(({ status }) => status))]).toEqual([
    'Queued',
    'Uploading',
    'Processing',
    'Completed',
  ]);
  expect(steps[0]).toMatchObject({ progress: 0, updatedAt: steps[0]?.createdAt });
  expect(steps.at(-1)).toMatchObject({ progress: 100 });
  for (const [index, step] of steps.entries()) {
    const before = steps[index - 1] ?? step;
    const moved = step.progress > before.progress || step.status !== before.status;
    expect(step.progress).toBeGreaterThanOrEqual(before.progress);
    expect(step.updatedAt > before.updatedAt).toBe(moved);
  }
});

test('a new record arrives about every minute, each at its own time, and stays itself from then on', () => {
  const arrivals = { startedAtMs: STARTED_AT_MS, arrivalEveryMs: MINUTE_MS };
  expect(arrivedBy(STARTED_AT_MS, arrivals)).toBe(0);
  const seconds = Array.from({ length: 3_600 }, (_none, second) => STARTED_AT_MS + second * 1_000);
  const counts = seconds.map((nowMs) => arrivedBy(nowMs, arrivals));
  expect(counts).toEqual(counts.toSorted((one, other) => one - other));
  expect(counts.at(-1)).toBeGreaterThanOrEqual(58);
  const gapsS = counts.flatMap((count, second) => (count > (counts[second - 1] ?? 0) ? [second] : []));
  expect(new Set(gapsS.map((second, index) => second - (gapsS[index - 1] ?? 0))).size).toBeGreaterThan(20);

  const hourLaterMs = STARTED_AT_MS + 60 * MINUTE_MS;
  const arrived = arrivedBy(hourLaterMs, arrivals);
  const later = Array.from({ length: 240 + arrived }, (_none, index) =>
    recordAt(index, arrivals, hourLaterMs),
  );
  expect(new Set(later.map(({ id }) => id)).size).toBe(240 + arrived);
  expect(later.slice(arrived).map(({ id }) => id)).toEqual(recordsAt(STARTED_AT_MS).map(({ id }) => id));
  const created = later.map(({ createdAt }) => createdAt);
  expect(created).toEqual(created.toSorted().toReversed());
  const states = later.slice(0, arrived).map(({ status }) => status);
  expect(states).toEqual(expect.arrayContaining(['Processing', 'Completed', 'Failed']));
  // The newest of five minutes before is at another place, and the same record.
  const before = recordAt(0, arrivals, hourLaterMs - 5 * MINUTE_MS);
  expect(later.find(({ id }) => id === before.id)).toMatchObject({
    title: before.title,
    createdAt: before.createdAt,
  });
});

test('a long recording takes longer than a short one', () => {
  const minutesOf = (index: number) => {
    const lengthS = recordAt(index, STILL, STARTED_AT_MS + 60 * MINUTE_MS).durationSeconds ?? 0;
    const end = Array.from({ length: 1_200 }, (_none, second) => second).find((second) =>
      /Completed|Failed/.test(recordAt(index, STILL, STARTED_AT_MS + second * 1_000).status),
    );
    return { lengthS, endS: end ?? Infinity };
  };
  const all = Array.from({ length: 12 }, (_none, index) => minutesOf(index));
  const byLength = all.toSorted((one, other) => one.lengthS - other.lengthS);
  expect(byLength[0]?.endS).toBeLessThan(byLength.at(-1)?.endS ?? 0);
});

test('a failed record keeps the progress it failed at', () => {
  const failed = recordsAt(STARTED_AT_MS).filter(({ status }) => status === 'Failed');
  expect(failed.length).toBeGreaterThan(0);
  for (const { progress } of failed) expect(progress).toBeLessThan(100);
});

test('nothing moves any more once all have ended', () => {
  const ended = recordsAt(STARTED_AT_MS + 5 * MINUTE_MS);
  expect(recordsAt(STARTED_AT_MS + 60 * MINUTE_MS)).toEqual(ended);
});

test('ids and order stay while records move on', async () => {
  let nowMs = STARTED_AT_MS;
  const { getWorklist } = await setUp({ now: () => nowMs });
  const before = Object(await getWorklist()).body.records;
  nowMs += MINUTE_MS;
  const after = Object(await getWorklist()).body.records;

  expect(after).not.toEqual(before);
  expect(after.map(({ id }: { id: string }) => id)).toEqual(before.map(({ id }: { id: string }) => id));
});
