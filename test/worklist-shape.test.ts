import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ASSUMED_SHAPE, parseWorklistShape } from '../src/worklist-shape.ts';

const POINTER_RULE = 'must be a JSON Pointer (RFC 6901), such as "/caption"';
const FIELD_RULE = `${POINTER_RULE}, or an object with such a "pointer"`;

function problemsOf(json: unknown): readonly string[] {
  const parsed = parseWorklistShape(json);
  return 'problems' in parsed ? parsed.problems : [];
}

test('a shape file names the list, the total and fields, with or without a unit', () => {
  const parsed = parseWorklistShape({
    records: '/payload/rows',
    total: '/payload/rowCount',
    record: {
      id: '/recordGuid',
      title: '/caption',
      status: { pointer: '/job/state' },
      progress: { pointer: '/job/done', unit: 'ratio' },
      language: '/languages/0',
      durationMs: { pointer: '/length', unit: 's' },
      createdAt: '/dates/in',
      updatedAt: '/dates/changed',
    },
  });

  expect(parsed).toEqual({
    shape: {
      records: ['payload', 'rows'],
      total: ['payload', 'rowCount'],
      record: {
        id: { pointer: ['recordGuid'] },
        title: { pointer: ['caption'] },
        status: { pointer: ['job', 'state'] },
        progress: { pointer: ['job', 'done'], unit: 'ratio' },
        language: { pointer: ['languages', '0'] },
        durationMs: { pointer: ['length'], unit: 's' },
        createdAt: { pointer: ['dates', 'in'] },
        updatedAt: { pointer: ['dates', 'changed'] },
      },
    },
  });
});

test('an empty shape file replaces nothing', () => {
  expect(parseWorklistShape({})).toEqual({ shape: ASSUMED_SHAPE });
});

test.each([
  ['', []],
  ['/', ['']],
  ['/a//b', ['a', '', 'b']],
  ['/a~1b/m~0n', ['a/b', 'm~n']],
  ['/~01', ['~1']],
  ['/__proto__/ü', ['__proto__', 'ü']],
])('the pointer "%s" has the tokens %j', (text, tokens) => {
  expect(parseWorklistShape({ records: text })).toEqual({ shape: { records: tokens, record: {} } });
});

describe('a problem names the entry and the rule:', () => {
  test.each([
    [null, ['shape file: must be a JSON object']],
    [[], ['shape file: must be a JSON object']],
    ['/rows', ['shape file: must be a JSON object']],
    [{ records: 'rows' }, [`records: ${POINTER_RULE}`]],
    [{ records: '/rows~2' }, [`records: ${POINTER_RULE}`]],
    [{ records: '/rows~' }, [`records: ${POINTER_RULE}`]],
    [{ records: { pointer: '/rows' } }, [`records: ${POINTER_RULE}`]],
    [{ total: 7 }, [`total: ${POINTER_RULE}`]],
    [{ total: null }, [`total: ${POINTER_RULE}`]],
    [{ record: '/a' }, ['record: must be a JSON object']],
    [{ record: { title: 'caption' } }, [`record.title: ${POINTER_RULE}`]],
    [{ record: { title: 7 } }, [`record.title: ${FIELD_RULE}`]],
    [{ record: { title: {} } }, [`record.title: ${POINTER_RULE}`]],
    [{ record: { title: { pointer: 'caption' } } }, [`record.title: ${POINTER_RULE}`]],
    [
      { record: { status: { pointer: '/a', values: { 0: 1 } } } },
      ['record.status.values.0: must be an object of texts, such as { "0": "Queued", "1": "Done" }'],
    ],
    [
      { record: { status: { pointer: '/a', values: ['Queued'] } } },
      ['record.status.values: must be an object of texts, such as { "0": "Queued", "1": "Done" }'],
    ],
    [{ record: { title: { pointer: '/a', values: {} } } }, ['record.title: unknown key "values"']],
    [{ record: { title: { pointer: '/a', unit: 's' } } }, ['record.title: unknown key "unit"']],
    [
      { record: { durationMs: { pointer: '/a', unit: 'h' } } },
      ['record.durationMs.unit: must be one of ms, s, min'],
    ],
    [
      { record: { progress: { pointer: '/a', unit: 's' } } },
      ['record.progress.unit: must be one of percent, ratio'],
    ],
    [{ Records: '/rows' }, ['shape file: unknown key "Records"']],
    [{ record: { caption: '/a' } }, ['record: unknown key "caption"']],
    [JSON.parse('{ "__proto__": {} }'), ['shape file: unknown key "__proto__"']],
    [{ ['x'.repeat(1_000)]: 1 }, [`shape file: unknown key "${'x'.repeat(40)}"`]],
  ])('%j', (json, expected) => {
    expect(problemsOf(json)).toEqual(expected);
  });
});

test('every problem is told at once', () => {
  const problems = problemsOf({
    rows: '/rows',
    records: 'rows',
    total: 7,
    record: { id: '', caption: '/a', title: 'b', progress: { pointer: 'c', unit: 'd' } },
  });

  expect(new Set(problems.map((problem) => problem.split(':')[0]))).toEqual(
    new Set([
      'shape file',
      'records',
      'total',
      'record',
      'record.title',
      'record.progress',
      'record.progress.unit',
    ]),
  );
});

test('any JSON value gives a shape or problems, and no problem says a value of it', () => {
  const canary = 'CANARY';
  const scalar = fc.constantFrom<unknown>(canary, `/${canary}~`, 7, null, true, '/a', 's');
  const key = fc.constantFrom(
    'records',
    'total',
    'record',
    'id',
    'durationMs',
    'pointer',
    'unit',
    '__proto__',
    'x',
  );
  const json = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, scalar, fc.array(tie('value')), fc.dictionary(key, tie('value'))),
  }));

  fc.assert(
    fc.property(fc.oneof(json.value, fc.jsonValue()), (value) => {
      const parsed = parseWorklistShape(value);
      const problems = 'problems' in parsed ? parsed.problems : ['none'];
      expect(problems).not.toEqual([]);
      expect(problems.join()).not.toContain(canary);
      expect(Math.max(...problems.map((problem) => problem.length))).toBeLessThan(200);
    }),
    { numRuns: 500 },
  );
});
