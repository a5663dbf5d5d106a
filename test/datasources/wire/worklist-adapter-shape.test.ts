import { describe, expect, test } from 'vitest';
import { createWorklistAdapter } from '../../../src/datasources/wire/worklist-adapter.ts';
import { parseWorklistShape } from '../../../src/worklist-shape.ts';

function setUp(shapeFile: unknown) {
  const parsed = parseWorklistShape(shapeFile);
  if ('problems' in parsed) throw new Error(parsed.problems.join('\n'));
  const reports: string[] = [];
  const adapt = createWorklistAdapter({
    shape: parsed.shape,
    onUnexpectedType: (place, found) => reports.push(`${place} ${found}`),
  });
  const read = (body: unknown, asked = { offset: 0, limit: 20 }, headers: Record<string, string> = {}) =>
    adapt({ body, headers }, asked);
  const recordOf = (sent: object) => read([{ id: 'a', ...sent }]).records[0];
  return { read, recordOf, reports };
}

test('a body of another shape is read by its shape file', () => {
  const { read, reports } = setUp({
    records: '/payload/list',
    total: '/payload/rowCount',
    record: {
      id: '/recordGuid',
      title: '/caption',
      status: '/job/state',
      progress: { pointer: '/job/done', unit: 'ratio' },
      language: '/languages/0',
      durationMs: { pointer: '/length', unit: 's' },
      createdAt: '/job/dates/0',
      updatedAt: '/job/dates/1',
    },
  });
  const record = {
    recordGuid: 'r-7',
    id: 'not this',
    caption: 'Lamp',
    title: 'not this',
    length: 62.5,
    languages: ['de', 'en'],
    job: { state: 'done', done: 0.57, dates: ['2024-05-06', '2024-05-07T01:00+01:00'] },
  };

  expect(read({ payload: { list: [record], rowCount: 7 }, total: 9, records: [{ id: 'not this' }] })).toEqual(
    {
      records: [
        {
          id: 'r-7',
          title: 'Lamp',
          status: 'done',
          progress: 57,
          language: 'de',
          durationMs: 62_500,
          createdAt: '2024-05-06T00:00:00.000Z',
          updatedAt: '2024-05-07T00:00:00.000Z',
          fields: record,
        },
      ],
      total: 7,
    },
  );
  expect(reports).toEqual([]);
});

describe('the list may stand', () => {
  test.each([
    ['at the very top', '', [{ id: 'a' }]],
    ['deep inside', '/a/b/c/d', { a: { b: { c: { d: [{ id: 'a' }] } } } }],
    ['in an array', '/pages/1/rows', { pages: [{}, { rows: [{ id: 'a' }] }] }],
    ['under a name with a slash and a tilde', '/a~1b/m~0n', { 'a/b': { 'm~n': [{ id: 'a' }] } }],
    ['under an empty name', '/', { '': [{ id: 'a' }] }],
    ['under one of two names that may both be meant', '/rows', { rows: [{ id: 'a' }], records: [] }],
    ['under __proto__', '/__proto__/rows', JSON.parse('{ "__proto__": { "rows": [{ "id": "a" }] } }')],
  ])('%s', (_where, records, body: unknown) => {
    expect(
      setUp({ records })
        .read(body)
        .records.map(({ id }) => id),
    ).toEqual(['a']);
  });
});

describe('a pointer leads to nothing', () => {
  test.each([
    '/constructor/name',
    '/__proto__',
    '/toString',
    '/tags/length',
    '/tags/00',
    '/tags/',
    '/tags/-',
    '/tags/9',
    '/id/0',
  ])('at %s, which was not sent', (title) => {
    const { recordOf, reports } = setUp({ record: { title } });
    expect(recordOf({ tags: ['x'] })?.title).toBeNull();
    expect(reports).toEqual([]);
  });
});

test('a named field is looked for nowhere else, and one that is not named where it is assumed', () => {
  const { recordOf, reports } = setUp({ record: { title: '/caption' } });
  expect(recordOf({ title: 'Lamp', state: 'done' })).toMatchObject({ title: null, status: 'done' });
  expect(recordOf({ caption: null, title: 'Lamp' })).toMatchObject({ title: null });
  expect(recordOf({ caption: 7, title: 'Lamp' })).toMatchObject({ title: null });
  expect(reports).toEqual(['records[].title number']);
});

test('a missing identifier at a named place fails the page', () => {
  const { read } = setUp({ record: { id: '/ref' } });
  expect(() => read([{ id: 'a' }])).toThrow('records[0].id is not a usable identifier');
});

describe('a duration at a named place', () => {
  test.each([
    ['is in its unit', { pointer: '/length', unit: 's' }, { length: 1.5 }, 1_500],
    ['may be in minutes', { pointer: '/length', unit: 'min' }, { length: 1.5 }, 90_000],
    ['may be in milliseconds', { pointer: '/length', unit: 'ms' }, { length: 1.5 }, 1.5],
    [
      'is in its unit whatever its name says',
      { pointer: '/durationMs', unit: 's' },
      { durationMs: 1 },
      1_000,
    ],
    [
      'needs no unit where its name says it',
      '/media/durationSeconds',
      { media: { durationSeconds: 1 } },
      1_000,
    ],
    ['needs no unit where the text says it', '/playtime', { playtime: '00:00:01' }, 1_000],
    ['is null where nobody says the unit', '/length', { length: 90 }, null],
    ['is null where it is negative', { pointer: '/length', unit: 's' }, { length: -1 }, null],
  ])('%s', (_rule, durationMs, sent, expected) => {
    expect(setUp({ record: { durationMs } }).recordOf(sent)?.durationMs).toBe(expected);
  });
});

describe('progress at a named place', () => {
  test.each([
    ['is in percent', '/done', 0.5, 0.5],
    ['may say so', { pointer: '/done', unit: 'percent' }, 50, 50],
    ['may be a ratio', { pointer: '/done', unit: 'ratio' }, 0.5, 50],
    ['is null where a ratio is more than the whole', { pointer: '/done', unit: 'ratio' }, 1.5, null],
  ])('%s', (_rule, progress, done, expected) => {
    expect(setUp({ record: { progress } }).recordOf({ done })?.progress).toBe(expected);
  });
});

test('what words of a status stand for may be said; others stand for themselves', () => {
  const { recordOf } = setUp({
    record: { status: { pointer: '/step', values: { 0: 'Queued', F: 'Failed' } } },
  });
  const statuses = [0, 'F', 2, 'G', true].map((step) => recordOf({ step })?.status);
  expect(statuses).toEqual(['Queued', 'Failed', '2', 'G', null]);
});

describe('a total at a named place', () => {
  const asked = { offset: 0, limit: 2 };
  const records = [{ id: 'a' }, { id: 'b' }];

  test.each([
    ['is believed even if it is called count', '/count', { count: 2 }, 2],
    ['is not less than what was received', '/n', { n: 1 }, null],
    ['is a whole number', '/n', { n: 7.5 }, null],
    ['is not a text', '/n', { n: '7' }, null],
    ['is looked for nowhere else', '/n', { total: 7 }, null],
  ])('%s', (_rule, total, around, expected) => {
    const { read } = setUp({ total });
    expect(read({ records, ...around }, asked, { 'x-total-count': '7' }).total).toBe(expected);
  });

  test('is otherwise looked for around the named list', () => {
    const { read } = setUp({ records: '/a/b' });
    expect(read({ a: { b: records, total: 7 } }).total).toBe(7);
    expect(read({ a: { b: records }, meta: { total: 7 } }).total).toBe(7);
  });
});
