import { describe, expect, test } from 'vitest';
import { describeMapping, type Mapping } from '../../../src/datasources/wire/mapping.ts';
import { summarizeMapping } from '../../../src/datasources/wire/mapping-summary.ts';
import { suggestShapeFile } from '../../../src/datasources/wire/suggest-shape.ts';
import { createWorklistAdapter } from '../../../src/datasources/wire/worklist-adapter.ts';
import { ASSUMED_SHAPE, formatPointer, parseWorklistShape } from '../../../src/worklist-shape.ts';
import { BODIES } from './foreign-bodies.ts';

const ASKED = { offset: 0, limit: 20 };

function shapeOf(file: unknown) {
  const parsed = parseWorklistShape(file);
  if ('problems' in parsed) throw new Error(parsed.problems.join('\n'));
  return parsed.shape;
}

const mappingOf = (body: unknown, file: unknown = {}) =>
  describeMapping({ body, headers: {} }, shapeOf(file), ASKED);

/** Of each field that has a value, where that stands. */
function sourcesOf({ fields }: Mapping) {
  return Object.fromEntries(
    fields.flatMap(({ field, from }) => from.map(({ pointer }) => [field, formatPointer(pointer)])),
  );
}

test('of a body that is understood it says where each field comes from, and what nobody reads', () => {
  const mapping = mappingOf({
    Items: [
      { Id: 1, DisplayName: 'Lamp', State: 'Done', Progress: 100, SpeakerCount: 2 },
      { Id: 2, DisplayName: null, State: 3, Progress: 'x', SpeakerCount: null },
    ],
    TotalCount: 2,
  });
  expect(mapping).toMatchObject({
    list: ['Items'],
    recordCount: 2,
    total: { isKnown: true, pointer: ['TotalCount'], candidates: [] },
    unread: [{ pointer: ['SpeakerCount'], types: ['null', 'number'] }],
  });
  expect(sourcesOf(mapping)).toEqual({
    id: '/Id',
    title: '/DisplayName',
    status: '/State',
    progress: '/Progress',
  });
  const of = (name: string) => mapping.fields.find(({ field }) => field === name);
  expect(of('status')).toMatchObject({ valueCount: 2, from: [{ types: ['number', 'string'] }] });
  expect(of('progress')).toMatchObject({ valueCount: 1, useless: [{ types: ['string'] }] });
  expect(of('language')).toMatchObject({ valueCount: 0, from: [], candidates: [], missing: undefined });
});

test('in short it says what is found, what is missing and where that may be, and what is unread', () => {
  const [long, control] = ['x'.repeat(500), 'a\u001bb'];
  const body = { Items: [{ Id: 1, Titel: 'x', [long]: 1, [control]: 2 }], Gesamt: 30 };
  expect(summarizeMapping(mappingOf(body))).toEqual({
    found: { id: '/Id' },
    missing: {
      total: ['/Gesamt'],
      title: ['/Titel'],
      status: [],
      progress: [],
      language: [],
      durationMs: [],
      createdAt: [],
      updatedAt: [],
    },
    unread: ['/Titel', `/${'x'.repeat(40)}`, '/ab'],
  });
});

test('it says no value of a body, whatever stands there', () => {
  const secret = 'ada@example.org';
  const body = {
    rows: [{ id: secret, title: secret, when: secret, deep: { er: [secret] } }],
    total: 9_876_543,
  };
  const mapping = mappingOf(body);
  const said = JSON.stringify([mapping, summarizeMapping(mapping), suggestShapeFile(mapping, ASSUMED_SHAPE)]);
  expect(said).not.toContain(secret);
  expect(said).not.toContain('9876543');
});

test('a pointer of the shape file that leads nowhere is named', () => {
  const file = { record: { title: '/caption', status: '/Stand' } };
  const mapping = mappingOf([{ id: 'a', Caption: 'x', Stand: 'y' }], file);
  const missing = mapping.fields.flatMap((field) => (field.missing ? [[field.field, field.missing]] : []));
  expect(missing).toEqual([['title', ['caption']]]);
  expect(suggestShapeFile(mapping, shapeOf(file))).toEqual({
    record: { title: '/Caption', status: '/Stand' },
  });
});

test.each([
  [{ id: 'a', progress: 0.5 }, { progress: { pointer: '/progress', unit: 'ratio' } }],
  [{ id: 'a', progress: 50 }, undefined],
  [{ id: 'a', Dauer: 90 }, undefined],
  [{ id: 'a', DauerSekunden: '00:01:30' }, { durationMs: '/DauerSekunden' }],
])('of %j the suggestion is %j', (record, suggested) => {
  expect(suggestShapeFile(mappingOf([record, record]), ASSUMED_SHAPE)).toEqual(
    suggested === undefined ? {} : { record: suggested },
  );
});

test('a number whose unit nobody says is told, and left to people', () => {
  const unitOf = (record: object) =>
    mappingOf([{ id: 'a', ...record }]).fields.find(({ field }) => field === 'durationMs')?.unit;
  expect(unitOf({ duration: 90 })).toBe('unknown');
  expect(unitOf({ Dauer: 90 })).toBe('unknown');
  expect(unitOf({ durationSeconds: 90 })).toBeUndefined();
  expect(unitOf({ Dauer: '00:01:30' })).toBeUndefined();
});

test.each([null, 7, [], {}, [[]], [7], { records: [null] }, { a: { b: { c: { d: [{}] } } } }])(
  'no body makes it throw: %j',
  (body) => {
    expect(mappingOf(body).fields).toHaveLength(8);
  },
);

describe('bodies that are not understood by themselves are, with the suggested shape file:', () => {
  test.each(Object.entries(BODIES))('%s', (_name, { body, expected, total, byHand }) => {
    const file = suggestShapeFile(mappingOf(body), ASSUMED_SHAPE);
    const mended = { ...file, record: { ...file.record, ...byHand } };
    const read = createWorklistAdapter({ shape: shapeOf(mended), onUnexpectedType: () => {} });
    const page = read({ body, headers: {} }, ASKED);
    expect(page.records[0]).toMatchObject(expected);
    expect(page.total).toBe(total);
  });
});
