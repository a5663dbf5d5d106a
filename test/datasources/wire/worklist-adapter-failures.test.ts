import { describe, expect, test } from 'vitest';
import { createWorklistAdapter } from '../../../src/datasources/wire/worklist-adapter.ts';
import { GatewayError } from '../../../src/errors.ts';
import { ASSUMED_SHAPE, type WorklistShape } from '../../../src/worklist-shape.ts';

function failureOf(body: unknown, shape: WorklistShape = ASSUMED_SHAPE) {
  const adapt = createWorklistAdapter({ shape, onUnexpectedType: () => {} });
  try {
    adapt({ body, headers: {} }, { offset: 0, limit: 20 });
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('the body was accepted');
}

/** What a message says after the words that all of them begin with. */
function messageOf(body: unknown, shape?: WorklistShape): string {
  const { code, message } = failureOf(body, shape);
  expect(code).toBe('UPSTREAM_BAD_RESPONSE');
  expect(message).toMatch(/^The upstream's worklist is not as expected: .*\.$/);
  return message.slice("The upstream's worklist is not as expected: ".length, -1);
}

const hintOf = (body: unknown, shape?: WorklistShape) => failureOf(body, shape).hint;

/** What the hint says of the body, before it says how a shape file mends it. */
const foundIn = (body: unknown, shape?: WorklistShape) =>
  hintOf(body, shape)?.split('; GOSPEECH_SHAPE_FILE')[0];

const adviceFor = (body: unknown, shape?: WorklistShape) =>
  hintOf(body, shape)?.replace(/^.*; (?=GOSPEECH_SHAPE_FILE)/s, '');

describe('without a list of records, the message says what the body is, and the hint its keys:', () => {
  test.each([
    [null, 'null', 'null'],
    [7, 'a number', 'a number'],
    ['secret', 'a string', 'a string'],
    [true, 'a boolean', 'a boolean'],
    [{}, 'an object', 'an object without keys'],
    [
      { ok: true, error: 'secret', rows: null, list: ['secret'], data: {} },
      'an object',
      'an object with "ok" (boolean), "error" (string), "rows" (null), "list" (array), "data" (object)',
    ],
    [{ result: ['secret'] }, 'an object', 'an object with "result" (array)'],
    [{ errors: [{ id: 'secret' }] }, 'an object', 'an object with "errors" (array)'],
    [{ data: { result: { items: [] } } }, 'an object', 'an object with "data" (object)'],
  ])('%j', (body, type, keys) => {
    expect(messageOf(body)).toBe(`no list of records, the body is ${type}`);
    expect(foundIn(body)).toBe(`the body is ${keys}`);
  });
});

test.each([
  [{ records: [{ id: 'a' }], rows: [] }, '"/records", "/rows"'],
  [{ items: [], data: { items: [] } }, '"/items", "/data/items"'],
  [{ data: { records: [], rows: [] } }, '"/data/records", "/data/rows"'],
  [{ data: { items: [] }, payload: { items: [] } }, '"/data/items", "/payload/items"'],
  [{ records: [], Records: [] }, '"/records", "/Records"'],
  [{ hits: [{ id: 'a' }], page: { rest: [{ id: 'b' }] } }, '"/hits", "/page/rest"'],
  [{ hits: [], rest: [] }, '"/hits", "/rest"'],
])('%j has more than one list, and the hint says which', (body, places) => {
  expect(messageOf(body)).toBe('more than one list that may be the records');
  expect(foundIn(body)).toBe(`lists are at ${places}`);
});

test('a record that is no object fails its page with its place', () => {
  expect(messageOf([{ id: 'a' }, 'secret'])).toBe('records[1] is a string, not an object');
  expect(messageOf({ rows: [null] })).toBe('records[0] is null, not an object');
});

test('a record without an identifier fails its page with its place, and its keys in the hint', () => {
  const body = [{ id: 1 }, { id: 2 }, { id: 3 }, { caption: 'secret', ref: 7 }];
  expect(messageOf(body)).toBe('records[3].id is not a usable identifier, found nothing');
  expect(foundIn(body)).toBe('records[3] is an object with "caption" (string), "ref" (number)');
});

test.each([
  ['', 'a string', 'a string'],
  [true, 'a boolean', 'a boolean'],
  [['secret'], 'an array', 'an array'],
  [{ value: 'secret' }, 'an object', 'an object with "value" (string)'],
])('the identifier %j fails the page with what was found there', (id, type, keys) => {
  expect(messageOf([{ id }])).toBe(`records[0].id is not a usable identifier, found ${type}`);
  expect(foundIn([{ id }])).toBe(`records[0].id is ${keys}`);
});

test('no more than ten keys are named, cut to forty characters and without control characters', () => {
  const names = Array.from({ length: 13 }, (_, i) => `key${i}`);
  expect(foundIn(Object.fromEntries(names.map((name) => [name, 1])))).toMatch(
    /"key9" \(number\) and 3 more$/,
  );
  expect(foundIn({ ['x'.repeat(41)]: 1 })).toContain(`"${'x'.repeat(40)}" (number)`);
  expect(foundIn({ 'a\u0000b\u001b[31m\u0085\u2028\u202ec\n': 1 })).toContain('"ab[31mc" (number)');
  expect(foundIn({ ['x'.repeat(39) + '😀']: 1 })).toContain(`"${'x'.repeat(39)}" (number)`);
});

describe('no key of a body, and no pointer of the shape file, is in a message:', () => {
  const KEY = 'ada@example.org';
  test.each([
    ['no list', { [KEY]: { [KEY]: 1 } }, undefined],
    ['several lists', { records: [], data: { items: [] }, [KEY]: [] }, undefined],
    ['a list keyed by it', { records: { [KEY]: [] } }, { records: ['records'], record: {} }],
    ['the shape names it', {}, { records: [KEY], record: {} }],
    ['a record without an identifier', [{ [KEY]: 1 }], undefined],
    ['an identifier that is an object', [{ id: { [KEY]: 1 } }], undefined],
    ['the shape names the identifier', [{ a: 1 }], { record: { id: { pointer: [KEY] } } }],
    ['a record that is none', [[{ [KEY]: 1 }]], undefined],
  ])('%s', (_what, body, shape) => {
    expect(messageOf(body, shape)).not.toContain(KEY);
  });
});

describe('the hint gives a shape file with real pointers', () => {
  test.each([
    [
      'to the one array of objects',
      { a: { page: { hits: [{ id: 'a' }] } } },
      '{ "records": "/a/page/hits" }',
    ],
    ['escaped', { a: { 'a/b': { 'm~n': [{}] } } }, '{ "records": "/a/a~1b/m~0n" }'],
    [
      'to each array of objects, the nearest first',
      { a: { b: [{}] }, c: [{}], d: ['x'], e: [] },
      '{ "records": "/c" } or { "records": "/a/b" }',
    ],
    ['to each list it may be', { rows: [], items: [] }, '{ "records": "/items" } or { "records": "/rows" }'],
    ['or an example where there is none', { error: 'x' }, '{ "records": "/path/to/the/list" }'],
    [
      'or an example where a key is endless',
      { a: { b: { ['x'.repeat(500)]: [{}] } } },
      '{ "records": "/path/to/the/list" }',
    ],
    ['down to five levels', { a: { b: { c: { d: { e: [{}] } } } } }, '{ "records": "/a/b/c/d/e" }'],
    ['and no deeper', { a: { b: { c: { d: { e: { f: [{}] } } } } } }, '{ "records": "/path/to/the/list" }'],
    ['to another list than one of texts', { rows: ['x'], list: [{}] }, '{ "records": "/list" }'],
    [
      'to the keys of a record that could identify it',
      [{ caption: 'x', recordGuid: 7, done: true, note: '' }],
      '{ "record": { "id": "/caption" } } or { "record": { "id": "/recordGuid" } }',
    ],
    ['or an example of those', [{ done: true }], '{ "record": { "id": "/path/to/the/identifier" } }'],
  ])('%s', (_where, body, snippets) => {
    expect(adviceFor(body)).toBe(`GOSPEECH_SHAPE_FILE could say ${snippets}`);
  });

  test('found among the first thousand values', () => {
    const keys = Array.from({ length: 1_000 }, (_, i) => `key${i}`);
    const body = { ...Object.fromEntries(keys.map((key) => [key, 1])), list: [{ id: 'a' }] };
    expect(hintOf(body)).toContain('"/path/to/the/list"');
  });

  test('at most ten', () => {
    const keys = Array.from({ length: 2_000 }, (_, i) => `list${i}`);
    const body = Object.fromEntries(keys.map((key) => [key, [{ id: 'a' }]]));
    expect(hintOf(body)?.match(/"records"/g)).toHaveLength(10);
  });
});

describe('where the shape file names the list, the message says what stands there, and the hint its pointer:', () => {
  test.each([
    [{}, 'nothing', 'nothing'],
    [{ payload: { rows: { a: 'secret' } } }, 'an object', 'an object with "a" (string)'],
    [{ payload: { rows: null } }, 'null', 'null'],
    [{ payload: [[]] }, 'nothing', 'nothing'],
    [{ records: [{ id: 'a' }] }, 'nothing', 'nothing'],
  ])('%j', (body, type, keys) => {
    const shape = { records: ['payload', 'rows'], record: {} };
    expect(messageOf(body, shape)).toBe(
      `expected the list of records where the shape file says, found ${type}`,
    );
    expect(foundIn(body, shape)).toBe(`at "/payload/rows" is ${keys}`);
  });

  test('and where else it may be', () => {
    const shape = { records: ['rows'], record: {} };
    expect(adviceFor({ list: [{ id: 'a' }] }, shape)).toBe(
      'GOSPEECH_SHAPE_FILE could say { "records": "/list" }',
    );
  });
});

test('a body with more keys than a call has arguments fails like any other', () => {
  const keys = Array.from({ length: 150_000 }, (_, i) =>
    `records${i.toString(2)}`.replace(/[01]/g, (bit) => '_-'[Number(bit)] ?? ''),
  );
  const body = Object.fromEntries(keys.map((key) => [key, []]));

  expect(messageOf(body)).toBe('more than one list that may be the records');
  expect(foundIn(body)).toMatch(/ and 149990 more$/);
  expect(messageOf({ data: { ok: body } })).toContain('no list of records');
});

test('a body nested deeper than any stack fails like any other', () => {
  const depth = 200_000;
  const deep: unknown = JSON.parse('['.repeat(5_000) + ']'.repeat(5_000));
  let deeper: unknown = deep;
  for (let i = 0; i < depth; i += 1) deeper = { data: deeper };

  expect(foundIn(deeper)).toBe('the body is an object with "data" (object)');
  expect(messageOf(deep)).toBe('records[0] is an array, not an object');
  expect(foundIn([{ id: deeper }])).toBe('records[0].id is an object with "data" (object)');
});
