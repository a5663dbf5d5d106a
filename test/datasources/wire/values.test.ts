import * as fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { readInstant } from '../../../src/datasources/wire/instants.ts';
import {
  readCount,
  readDurationMs,
  readId,
  readPercent,
  readText,
} from '../../../src/datasources/wire/values.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('an instant is read from', () => {
  test.each([
    ['an ISO 8601 text', '2024-05-06T07:08:09Z', '2024-05-06T07:08:09.000Z'],
    ['one with a fraction', '2024-05-06T07:08:09.5Z', '2024-05-06T07:08:09.500Z'],
    ['one with seven digits of fraction, cut', '2024-05-06T07:08:09.1239999Z', '2024-05-06T07:08:09.123Z'],
    ['one with a fraction after a comma', '2024-05-06T07:08:09,25Z', '2024-05-06T07:08:09.250Z'],
    ['one without seconds', '2024-05-06T07:08Z', '2024-05-06T07:08:00.000Z'],
    ['one with a space in the middle', '2024-05-06 07:08:09', '2024-05-06T07:08:09.000Z'],
    ['one in small letters', '2024-05-06t07:08:09z', '2024-05-06T07:08:09.000Z'],
    ['one without an offset, which means UTC', '2024-05-06T07:08:09', '2024-05-06T07:08:09.000Z'],
    ['one east of Greenwich', '2024-05-06T07:08:09+02:00', '2024-05-06T05:08:09.000Z'],
    ['one west of Greenwich', '2024-05-06T23:08:09-05:30', '2024-05-07T04:38:09.000Z'],
    ['an offset without a colon', '2024-05-06T07:08:09+0200', '2024-05-06T05:08:09.000Z'],
    ['an offset of hours', '2024-05-06T07:08:09+02', '2024-05-06T05:08:09.000Z'],
    ['a date alone, its midnight in UTC', '2024-05-06', '2024-05-06T00:00:00.000Z'],
    ['a leap day', '2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['the first year', '0001-01-01T00:00:01', '0001-01-01T00:00:01.000Z'],
    ['the last year', '9999-12-31T23:59:59.9999', '9999-12-31T23:59:59.999Z'],
    ['seconds since the epoch', 1_715_000_000, '2024-05-06T12:53:20.000Z'],
    ['seconds with a fraction', 1_715_000_000.123, '2024-05-06T12:53:20.123Z'],
    ['milliseconds since the epoch', 1_715_000_000_123, '2024-05-06T12:53:20.123Z'],
    ['seconds, up to the year 5138', 99_999_999_999, '5138-11-16T09:46:39.000Z'],
    ['milliseconds, from the year 1973', 100_000_000_000, '1973-03-03T09:46:40.000Z'],
    ['the epoch', 0, '1970-01-01T00:00:00.000Z'],
    ['a second before the epoch', -1, '1969-12-31T23:59:59.000Z'],
  ])('%s', (_what, sent, expected) => {
    expect(readInstant(sent)).toBe(expected);
  });
});

test.each([
  '',
  'yesterday',
  '2024',
  '2024-05',
  '2024-5-6',
  '2024-02-30',
  '2023-02-29T00:00:00Z',
  '2024-13-01',
  '2024-00-10',
  '2024-05-06T25:00:00Z',
  '2024-05-06T24:00:00Z',
  '2024-05-06T07:60:00Z',
  '2024-05-06T07:08:61Z',
  '2024-05-06T07:08:09+24:00',
  '2024-05-06T07:08:09+02:60',
  '2024-05-06T07:08:09 CEST',
  '2024-05-06T07:08.5Z',
  ' 2024-05-06',
  '2024-05-06\n',
  '06.05.2024',
  '1715000000',
  '0000-12-31T23:00:00Z',
  '0001-01-01T00:30:00+01:00',
  '9999-12-31T23:59:59-01:00',
  1e15,
  -1e14,
  NaN,
  Infinity,
  true,
  null,
  {},
  [2024],
])('%j is not an instant', (sent) => {
  expect(readInstant(sent)).toBeUndefined();
});

test.each(['0001-01-01T00:00:00', '0001-01-01T00:00:00Z', '0001-01-01T00:00:00.0000000+01:00', '0001-01-01'])(
  '%j, the date that .NET sends for none, stands for none',
  (sent) => {
    expect(readInstant(sent)).toBeNull();
  },
);

test.each([
  ['UTC', 0],
  ['America/New_York', 240],
  ['Asia/Kolkata', -330],
  ['Pacific/Apia', -780],
])("a text without an offset means UTC where the machine's zone is %s", (zone, minutesBehindUtc) => {
  vi.stubEnv('TZ', zone);
  expect(new Date('2024-06-01T00:00:00Z').getTimezoneOffset()).toBe(minutesBehindUtc);
  expect(readInstant('2024-03-31T02:30:00')).toBe('2024-03-31T02:30:00.000Z');
  expect(readInstant('2024-03-31')).toBe('2024-03-31T00:00:00.000Z');
});

test('every instant of the years 1 to 9999 survives being written', () => {
  const years = { min: new Date('0001-01-01T00:00:00.001Z'), max: new Date('9999-12-31T23:59:59.999Z') };
  fc.assert(
    fc.property(fc.date({ ...years, noInvalidDate: true }), (date) => {
      expect(readInstant(date.toISOString())).toBe(date.toISOString());
    }),
  );
});

describe('a duration is read from', () => {
  test.each([
    ['hours, minutes and seconds', '01:02:03', undefined, 3_723_000],
    ['a fraction of a second', '00:00:01.5', undefined, 1_500],
    ['seven digits of fraction', '00:12:31.5000000', undefined, 751_500],
    ['more than a day of hours', '100:00:00', undefined, 360_000_000],
    ['an ISO 8601 duration', 'PT1H2M3.5S', undefined, 3_723_500],
    ['one with a comma', 'PT0,25S', undefined, 250],
    ['one with days', 'P1DT2H', undefined, 93_600_000],
    ['one of days only', 'P2D', undefined, 172_800_000],
    ['one of weeks', 'P1W', undefined, 604_800_000],
    ['days before the hours, as .NET writes them', '1.02:03:04.5000000', undefined, 93_784_500],
    ['a number of milliseconds', 1_500, 'ms', 1_500],
    ['a number of seconds', 62.5, 's', 62_500],
    ['a number of seconds, without binary noise', 1.005, 's', 1_005],
    ['a number of minutes', 1.5, 'min', 90_000],
    ['nothing at all', 0, 's', 0],
    ['a text that says its own units, whatever unit numbers have', '00:00:01', 'min', 1_000],
  ] as const)('%s', (_what, sent, unit, expected) => {
    expect(readDurationMs(sent, unit)).toBe(expected);
  });
});

test.each([
  ['', undefined],
  ['12:31', undefined],
  ['00:60:00', undefined],
  ['00:00:60', undefined],
  ['-00:00:01', undefined],
  ['P', undefined],
  ['PT', undefined],
  ['P1DT', undefined],
  ['PT5', undefined],
  ['P1Y', undefined],
  ['P1M', undefined],
  ['-PT1H', undefined],
  ['PT-1H', undefined],
  ['90', 's'],
  ['90 s', 's'],
  [`${'9'.repeat(400)}:00:00`, undefined],
  [90, undefined],
  [-1, 'ms'],
  [NaN, 'ms'],
  [Infinity, 'ms'],
  [1e308, 's'],
  [true, 's'],
  [null, 's'],
  [{ seconds: 1 }, 's'],
] as const)('%j with the unit %s is not a duration', (sent, unit) => {
  expect(readDurationMs(sent, unit)).toBeUndefined();
});

test.each([
  [0, undefined, 0],
  [42.5, undefined, 42.5],
  [100, 'percent', 100],
  [0.57, 'ratio', 57],
  [1, 'ratio', 100],
  [100.1, undefined, undefined],
  [-0.1, undefined, undefined],
  [1.01, 'ratio', undefined],
  [NaN, undefined, undefined],
  ['85%', undefined, undefined],
  ['85', 'percent', undefined],
  [null, undefined, undefined],
] as const)('%j with the unit %s is %s percent', (sent, unit, expected) => {
  expect(readPercent(sent, unit)).toBe(expected);
});

test.each([
  ['a-7', 'a-7'],
  [7, '7'],
  [0, '0'],
  ['9007199254740993', '9007199254740993'],
  ['', undefined],
  [NaN, undefined],
  [Infinity, undefined],
  [true, undefined],
  [null, undefined],
  [{}, undefined],
  [['7'], undefined],
])('%j is the identifier %s', (sent, expected) => {
  expect(readId(sent)).toBe(expected);
});

test('a text is a string as it is', () => {
  expect(['done', '', 5, null, ['done']].map(readText)).toEqual([
    'done',
    '',
    undefined,
    undefined,
    undefined,
  ]);
});

test('a count is a non-negative integer that a number holds exactly', () => {
  const counts = [0, 7, -1, 1.5, 2 ** 53, NaN, '7', null].map(readCount);
  expect(counts.filter((count) => count !== undefined)).toEqual([0, 7]);
});
