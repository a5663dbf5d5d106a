import { describe, expect, test } from 'vitest';
import { createWorklistAdapter } from '../../../src/datasources/wire/worklist-adapter.ts';
import { ASSUMED_SHAPE } from '../../../src/worklist-shape.ts';

const RECORDS = [{ id: 'a' }, { id: 'b' }];

function setUp() {
  const reports: string[] = [];
  const adapt = createWorklistAdapter({
    shape: ASSUMED_SHAPE,
    onUnexpectedType: (place, found) => reports.push(`${place} ${found}`),
  });
  const read = (body: unknown, asked = { offset: 0, limit: 20 }, headers: Record<string, string> = {}) =>
    adapt({ body, headers }, asked);
  const ids = (body: unknown) => read(body).records.map(({ id }) => id);
  const recordOf = (fields: object) => read([{ id: 'a', ...fields }]).records[0];
  return { read, ids, recordOf, reports };
}

describe('the list of records is', () => {
  test.each<[string, unknown]>([
    ['the body itself', RECORDS],
    ...['records', 'recordings', 'items', 'data', 'results', 'content', 'value', 'rows', 'worklist'].map(
      (name): [string, unknown] => [`under ${name}`, { [name]: RECORDS }],
    ),
    ...['data', 'result', 'response', 'payload', 'worklist'].map((name): [string, unknown] => [
      `in the envelope ${name}`,
      { [name]: { items: RECORDS } },
    ]),
    ['found in any case and with any separators', { 'Work-List': RECORDS }],
    ['in an envelope of any case', { Payload: { RE_CORDS: RECORDS } }],
    ['the only array among its names', { data: RECORDS, value: 7, content: 'x', items: null }],
    ['in an envelope beside one that is none', { data: null, result: {}, response: { rows: RECORDS } }],
    ['the only array of objects, whatever its name', { hits: RECORDS, tags: ['x'], more: [] }],
    ['that one in an object', { took: 7, transcriptions: { list: RECORDS, ids: ['a', 'b'] } }],
    ['not one of errors', { errors: [{ id: 'e' }], Hits: RECORDS }],
    ['not every other array', { records: RECORDS, tags: ['x'], links: [{ id: 'c' }] }],
  ])('%s', (_where, body) => {
    expect(setUp().ids(body)).toEqual(['a', 'b']);
  });

  test.each([
    [{ records: [], total: 0 }],
    [{ hits: [], total: 0 }],
    [{ total: 0, page: { hits: [], tags: ['x'] } }],
  ])('empty where nothing is on the page: %j', (body) => {
    expect(setUp().read(body)).toEqual({ records: [], total: 0 });
  });
});

describe('a record', () => {
  test.each(['id', 'recordId', 'uuid', 'guid', 'RecordID', 'record_id', 'ID'])(
    'is identified by %s',
    (name) => {
      expect(setUp().ids([{ [name]: 'r-7' }])).toEqual(['r-7']);
    },
  );

  test('may have a number for an identifier, of any size', () => {
    // Beyond 2^53 the JSON parser gives the digits as a string.
    expect(setUp().ids([{ id: 7 }, { id: 0 }, { id: '9007199254740993' }])).toEqual([
      '7',
      '0',
      '9007199254740993',
    ]);
  });

  test('takes the first name of the table that has a usable identifier', () => {
    expect(setUp().ids([{ guid: 'g', uuid: 'u', recordId: '', id: null }])).toEqual(['u']);
  });

  test.each<[object, object]>([
    [{ title: 'Lamp' }, { title: 'Lamp' }],
    [{ name: 'Lamp' }, { title: 'Lamp' }],
    [{ DisplayName: 'Lamp' }, { title: 'Lamp' }],
    [{ file_name: 'lamp.mp3' }, { title: 'lamp.mp3' }],
    [{ fileName: 'lamp.mp3', name: 'Lamp' }, { title: 'Lamp' }],
    [{ title: null, name: 'Lamp' }, { title: 'Lamp' }],
    [{ title: 7, name: 'Lamp' }, { title: 'Lamp' }],
    [{ title: null, progress: null, createdAt: null }, {}],
    [{ status: 'done' }, { status: 'done' }],
    [{ state: 'done' }, { status: 'done' }],
    [{ state: 3 }, { status: '3' }],
    [{ transcriptionProgress: 40 }, { progress: 40 }],
    [{ progress: 42.5 }, { progress: 42.5 }],
    [{ progressPercent: 100 }, { progress: 100 }],
    [{ language: 'de' }, { language: 'de' }],
    [{ languageCode: 'de-DE' }, { language: 'de-DE' }],
    [{ locale: 'de' }, { language: 'de' }],
    [{ durationMs: 1_500 }, { durationMs: 1_500 }],
    [{ duration_in_milliseconds: 1_500 }, { durationMs: 1_500 }],
    [{ durationInMs: 1_500 }, { durationMs: 1_500 }],
    [{ lengthMs: 1_500 }, { durationMs: 1_500 }],
    [{ durationSeconds: 1.5 }, { durationMs: 1_500 }],
    [{ durationInSeconds: 1.5 }, { durationMs: 1_500 }],
    [{ durationSec: 1.5 }, { durationMs: 1_500 }],
    [{ lengthSeconds: 1.5 }, { durationMs: 1_500 }],
    [{ durationMinutes: 1.5 }, { durationMs: 90_000 }],
    [{ duration: '00:01:30' }, { durationMs: 90_000 }],
    [{ length: 'PT1M30S' }, { durationMs: 90_000 }],
    [{ durationMs: '00:01:30' }, { durationMs: 90_000 }],
    [{ duration: 90, durationSeconds: 90 }, { durationMs: 90_000 }],
    ...['createdAt', 'created', 'createdOn', 'creationDate', 'Creation_Date'].map(
      (name): [object, object] => [
        { [name]: '2024-05-06T07:08:09' },
        { createdAt: '2024-05-06T07:08:09.000Z' },
      ],
    ),
    ...['updatedAt', 'updated', 'updatedOn', 'modifiedAt', 'lastModified', 'modificationDate'].map(
      (name): [object, object] => [{ [name]: 1_715_000_000 }, { updatedAt: '2024-05-06T12:53:20.000Z' }],
    ),
  ])('%j is read as %j', (fields, expected) => {
    const { recordOf, reports } = setUp();
    const untyped = { title: null, status: null, progress: null, language: null };
    const unknown = { durationMs: null, createdAt: null, updatedAt: null };
    expect(recordOf(fields)).toEqual({
      ...untyped,
      ...unknown,
      ...expected,
      id: 'a',
      fields: { id: 'a', ...fields },
    });
    expect(reports).toEqual([]);
  });

  test.each([
    [{ title: 7 }, 'records[].title number'],
    [{ title: ['Lamp'], name: 7 }, 'records[].title array'],
    [{ status: { code: 3 } }, 'records[].status object'],
    [{ progress: '85%' }, 'records[].progress string'],
    [{ progress: 101 }, 'records[].progress number'],
    [{ language: true }, 'records[].language boolean'],
    [{ duration: 90 }, 'records[].durationMs number'],
    [{ length: 90 }, 'records[].durationMs number'],
    [{ durationMs: -1 }, 'records[].durationMs number'],
    [{ createdAt: 'yesterday' }, 'records[].createdAt string'],
    [{ updatedAt: {} }, 'records[].updatedAt object'],
  ])('keeps %j in its fields only, and that is reported', (fields, report) => {
    const { recordOf, reports } = setUp();
    const { id, fields: sent, ...typed } = recordOf(fields) ?? { fields: {} };
    expect(Object.values({ ...typed })).toEqual(Array(7).fill(null));
    expect({ id, sent }).toEqual({ id: 'a', sent: { id: 'a', ...fields } });
    expect(reports).toEqual([report]);
  });

  test('is reported once per place and type', () => {
    const { read, reports } = setUp();
    const page = [
      { id: 1, title: 7 },
      { id: 2, title: 8 },
      { id: 3, title: {}, status: true },
    ];
    read(page);
    read(page);
    expect(reports).toEqual(['records[].title number', 'records[].title object', 'records[].status boolean']);
  });

  test('keeps every field as sent, whatever its name', () => {
    const sent: unknown = JSON.parse(
      '{ "id": "a", "__proto__": { "title": "x" }, "constructor": 1, "n": "9007199254740993" }',
    );
    const [record] = setUp().read([sent]).records;
    expect(record?.fields).toBe(sent);
    expect(record?.title).toBeNull();
  });
});

describe('the total', () => {
  const first = { offset: 0, limit: 2 };

  test.each<[string, unknown, number | null]>([
    ...[
      'total',
      'totalCount',
      'totalItems',
      'totalElements',
      'totalRecords',
      '@odata.count',
      'count',
      'Total-Count',
    ].map((name): [string, unknown, number] => [
      `is ${name} beside the list`,
      { records: RECORDS, [name]: 7 },
      7,
    ]),
    ...['meta', 'paging', 'pagination', 'page', 'Meta'].map((holder): [string, unknown, number] => [
      `may stand in ${holder}`,
      { records: RECORDS, [holder]: { total: 7 } },
      7,
    ]),
    ['may stand in the envelope', { data: { records: RECORDS, total: 7 } }, 7],
    ['may stand in the envelope, in meta', { data: { records: RECORDS, meta: { total: 7 } } }, 7],
    ['may stand beside the envelope', { data: { records: RECORDS }, total: 7 }, 7],
    ['may stand beside the envelope, in meta', { data: { records: RECORDS }, meta: { total: 7 } }, 7],
    ['is by the surest name, wherever it stands', { records: RECORDS, count: 9, meta: { total: 7 } }, 7],
    ['is the nearest of one name', { data: { records: RECORDS, total: 7 }, total: 8 }, 7],
    ['is the first believable one', { records: RECORDS, total: 1, totalCount: 7 }, 7],
    ['is not another number', { records: RECORDS, page: 7, size: 7, stats: { total: 7 } }, null],
    ['is unknown where nobody says it', { records: RECORDS }, null],
    ['may be exactly what was received', { records: RECORDS, total: 2 }, 2],
    ['is never a count of the records received', { records: RECORDS, count: 2 }, null],
    ['is never a count of the records received, in meta', { records: RECORDS, meta: { count: 2 } }, null],
    ['is not less than what was received', { records: RECORDS, total: 1 }, null],
    ['is not negative', { records: RECORDS, total: -7 }, null],
    ['is not a fraction', { records: RECORDS, total: 7.5 }, null],
    ['is not beyond what a number holds', { records: RECORDS, total: 2 ** 53 }, null],
    ['is not a text', { records: RECORDS, total: '7' }, null],
  ])('%s', (_rule, body, expected) => {
    expect(setUp().read(body, first).total).toBe(expected);
  });

  test('is not less than the offset and what was received', () => {
    const { read } = setUp();
    expect(read({ records: RECORDS, total: 41 }, { offset: 40, limit: 20 }).total).toBeNull();
    expect(read({ records: RECORDS, total: 42 }, { offset: 40, limit: 20 }).total).toBe(42);
  });

  test('may be less than the offset where nothing was received', () => {
    expect(setUp().read({ records: [], total: 5 }, { offset: 40, limit: 20 }).total).toBe(5);
  });

  test('is measured by what was asked where more was received', () => {
    const { read } = setUp();
    expect(read({ records: RECORDS, total: 1 }, { offset: 0, limit: 1 })).toMatchObject({
      total: 1,
      records: [{}, {}],
    });
    expect(read({ records: RECORDS, total: 0 }, { offset: 0, limit: 1 }).total).toBeNull();
  });

  test.each([
    ['7', RECORDS, 7],
    [' 7 ', RECORDS, 7],
    ['7', { records: RECORDS, total: 9 }, 9],
    ['7', { records: RECORDS, count: 2 }, 7],
    ['1', RECORDS, null],
    ['', RECORDS, null],
    ['-7', RECORDS, null],
    ['7.5', RECORDS, null],
    ['many', RECORDS, null],
    ['9'.repeat(30), RECORDS, null],
  ])('with the header X-Total-Count: %s beside %j is %s', (header, body, expected) => {
    expect(setUp().read(body, first, { 'x-total-count': header }).total).toBe(expected);
  });

  test('is reported where what stands there is no count', () => {
    const { read, reports } = setUp();
    read({ records: RECORDS, total: { value: 7 } });
    read({ records: RECORDS, total: '7', count: 9 });
    read({ records: RECORDS, count: 2 });
    expect(reports).toEqual(['total object']);
  });
});
