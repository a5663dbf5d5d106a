import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJson } from '../../src/http/parse-json.ts';

test.each([
  ['{"id":9007199254740993}', { id: '9007199254740993' }],
  ['[-90071992547409931234, 1]', ['-90071992547409931234', 1]],
  ['12345678901234567890', '12345678901234567890'],
  ['{"text":"9007199254740993 \\" 9007199254740993"}', { text: '9007199254740993 " 9007199254740993' }],
  ['{"9007199254740993":1}', { '9007199254740993': 1 }],
  ['[9007199254740991,-9007199254740991]', [9007199254740991, -9007199254740991]],
  ['[1.2345678901234567890]', [1.2345678901234567]],
  ['[12345678901234567890.5]', [12345678901234567000]],
  ['[1e999,-1E+400,1e300]', ['1e999', '-1E+400', 1e300]],
  ['[1e20,12345678901234567E3]', [1e20, 12345678901234567000]],
])('%s keeps what a double would lose, and nothing else', (text, expected) => {
  expect(parseJson(text)).toEqual(expected);
});

test('any JSON whose integers are safe is parsed as JSON.parse does', () => {
  fc.assert(
    fc.property(
      fc.json({ depthSize: 'large' }),
      fc.bigInt({ min: 10n ** 17n, max: 10n ** 30n }),
      (text, big) => {
        const values = JSON.stringify(JSON.parse(text));
        fc.pre(!/\d{16}/.test(values));
        expect(parseJson(`[${text},${big}]`)).toEqual([JSON.parse(text), String(big)]);
      },
    ),
  );
});

test('millions of escapes beside a number that a double cannot hold are parsed', () => {
  const escapes = String.raw`\n`.repeat(4_000_000);
  expect(parseJson(`{"text":"${escapes}","id":12345678901234567890}`)).toEqual({
    text: '\n'.repeat(4_000_000),
    id: '12345678901234567890',
  });
});

test.each(['', '{', '01234567890123456789', '1234567890123456789x', '"1234567890123456789'])(
  '%j is not JSON',
  (text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError);
  },
);
