import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { ACCOUNT, KEY, parse, parseAsIs, problems, problemsAsIs } from './set-up.ts';

const { GOSPEECH_PASSWORD: _password, ...NO_PASSWORD } = ACCOUNT;
const BODY = '{ worklist { total } }';
const DOCUMENTS = JSON.stringify({ [createHash('sha256').update(BODY).digest('hex')]: BODY });
const DOT_ENV = Object.entries(ACCOUNT)
  .map(([name, value]) => `${name}=${value}\n`)
  .join('');

/** How editors and shells write a text. */
const ENCODINGS: readonly (readonly [string, (text: string) => Uint8Array])[] = [
  ['UTF-8', (text) => Buffer.from(text)],
  ['UTF-8 with a byte order mark', (text) => Buffer.from(`\uFEFF${text}`)],
  ['UTF-16, little end first', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
  ['UTF-16, big end first', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
];

test.each(ENCODINGS)('every file may be in %s', (_name, encode) => {
  expect(parseAsIs({}, { '.env': encode(DOT_ENV) }).account?.clientId).toBe('client');
  const secret = parse({ ...NO_PASSWORD, GOSPEECH_PASSWORD_FILE: '/p' }, { '/p': encode('pä ß\n') });
  expect(secret.account?.password?.reveal()).toBe('pä ß');
  const keys = parse(
    { GATEWAY_AUTH: 'api-key', GATEWAY_API_KEYS_FILE: '/k' },
    { '/k': encode(`${KEY}\r\n`) },
  );
  expect(keys.access.callers).toMatchObject({ keys: [{ name: 'alice' }] });
  const shape = parse({ GOSPEECH_SHAPE_FILE: '/s' }, { '/s': encode('{"records":"/rows"}') });
  expect(shape.upstream.shape.records).toEqual(['rows']);
  const list = { GATEWAY_DOCUMENTS: 'allow-list', GATEWAY_DOCUMENTS_FILE: '/d' };
  expect([...(parse(list, { '/d': encode(DOCUMENTS) }).api.documents?.values() ?? [])]).toEqual([BODY]);
});

const TEXT_RULE = 'a file of text, in UTF-8, or in UTF-16 with a byte order mark';

test.each([
  ['Latin-1', Buffer.from('paß', 'latin1')],
  ['UTF-16 without its mark', Buffer.from('pass', 'utf16le')],
  ['no text at all', Buffer.from([0, 159, 146, 150])],
])('a file in %s is refused rather than changed', (_name, bytes) => {
  expect(problems({ ...NO_PASSWORD, GOSPEECH_PASSWORD_FILE: '/p' }, { '/p': bytes })).toEqual([
    `GOSPEECH_PASSWORD_FILE must name ${TEXT_RULE}`,
  ]);
  expect(problems({ GOSPEECH_SHAPE_FILE: '/s' }, { '/s': bytes })).toEqual([
    `GOSPEECH_SHAPE_FILE must name ${TEXT_RULE}`,
  ]);
  expect(problemsAsIs({}, { '.env': bytes })).toEqual([`.env must be ${TEXT_RULE}`]);
});

test.each(['secret\n', 'secret\r\n', 'secret\r', 'secret\n\n\r\n', 'secret'])(
  'of a secret in a file, %j, the line ends do not count',
  (text) => {
    const { account } = parse({ ...NO_PASSWORD, GOSPEECH_PASSWORD_FILE: '/p' }, { '/p': text });
    expect(account?.password?.reveal()).toBe('secret');
  },
);

test('blanks of a secret in a file count, inside and around', () => {
  const { account, warnings } = parse({ ...NO_PASSWORD, GOSPEECH_PASSWORD_FILE: '/p' }, { '/p': ' p  w \n' });
  expect(account?.password?.reveal()).toBe(' p  w ');
  expect(warnings).toHaveLength(1);
});

test.each(['', '\n', ' \n'])('a secret file with %j in it is refused', (text) => {
  expect(problems({ ...NO_PASSWORD, GOSPEECH_PASSWORD_FILE: '/p' }, { '/p': text })).toEqual([
    'GOSPEECH_PASSWORD_FILE must name a file that is not empty',
  ]);
});

test('a file that cannot be read is told once, and not also as what is missing', () => {
  const { GOSPEECH_CLIENT_SECRET: _secret, ...others } = ACCOUNT;
  expect(problems({ ...others, GOSPEECH_CLIENT_SECRET_FILE: '/nowhere' })).toEqual([
    'GOSPEECH_CLIENT_SECRET_FILE must name a file that can be read (ENOENT)',
  ]);
  expect(problems({ GATEWAY_AUTH: 'api-key', GATEWAY_API_KEYS_FILE: '/nowhere' })).toEqual([
    'GATEWAY_API_KEYS_FILE must name a file that can be read (ENOENT)',
  ]);
  expect(problems({ GATEWAY_DOCUMENTS: 'allow-list', GATEWAY_DOCUMENTS_FILE: '/nowhere' })).toEqual([
    'GATEWAY_DOCUMENTS_FILE must name a file that can be read (ENOENT)',
  ]);
  const allMissing = Object.fromEntries(Object.keys(ACCOUNT).map((name) => [`${name}_FILE`, '/nowhere']));
  expect(problems(allMissing)).toHaveLength(4);
});

test.each([
  ['', 1, 1],
  ['{', 1, 2],
  ['{\n  "a": 1,\n}', 3, 1],
  ['{"a": SECRET}', 1, 7],
  ['[1, 2 3]', 1, 7],
  ['{"a":1}\nSECRET', 2, 1],
  ['{"a" 1}', 1, 6],
  ['{a:1}', 1, 2],
  ["{'a':1}", 1, 2],
  ['[1,]', 1, 4],
  ['[01]', 1, 2],
  ['[tru]', 1, 2],
  ['[True]', 1, 2],
  ['["a\tb"]', 1, 2],
  [String.raw`["\x"]`, 1, 2],
  ['["SECRET', 1, 2],
  ['[[[]]', 1, 6],
  ['{"a":{"b":[1,-0.5e3,null,true,"\\u00e4"]},}', 1, 42],
])('the broken JSON %j breaks in line %i, column %i, and is not quoted', (text, line, column) => {
  const rule = `must name a file that holds JSON: line ${line}, column ${column} breaks it`;
  expect(problems({ GOSPEECH_SHAPE_FILE: '/s' }, { '/s': text })).toEqual([`GOSPEECH_SHAPE_FILE ${rule}`]);
  const list = { GATEWAY_DOCUMENTS: 'allow-list', GATEWAY_DOCUMENTS_FILE: '/d' };
  expect(problems(list, { '/d': text })).toEqual([`GATEWAY_DOCUMENTS_FILE ${rule}`]);
});

test('JSON that is nested too deeply to find its fault is a problem, not a crash', () => {
  const rule = 'GOSPEECH_SHAPE_FILE must name a file that holds JSON';
  expect(problems({ GOSPEECH_SHAPE_FILE: '/s' }, { '/s': '['.repeat(200_000) })).toEqual([rule]);
});

test('a # inside a value of .env is part of it, and begins a comment behind a blank', () => {
  const env = `# comment
  # indented
GOSPEECH_CLIENT_ID=id
GOSPEECH_CLIENT_SECRET=ab#cd
GOSPEECH_USERNAME = me@example.com
export GOSPEECH_PASSWORD='a #b "c"' # comment
LOG_LEVEL=debug # comment
LOG_FORMAT= # comment

PORT=1\tx`.replace('\tx', '\t# y');
  const { account, log, port } = parseAsIs({}, { '.env': env });
  expect(account?.clientSecret.reveal()).toBe('ab#cd');
  expect(account?.username).toBe('me@example.com');
  expect(account?.password?.reveal()).toBe('a #b "c"');
  expect([log.level, log.format, port]).toEqual(['debug', 'json', 1]);
});

test.each(['ab #cd', ' # comment', 'ab\t#'])(
  'for a credential the unquoted %j in .env is refused, since a part of it would be lost',
  (value) => {
    expect(problemsAsIs(NO_PASSWORD, { '.env': `GOSPEECH_PASSWORD=${value}\n` })).toEqual([
      'GOSPEECH_PASSWORD must be in quotes in .env where a # stands behind a blank; a comment belongs on a line of its own',
    ]);
  },
);

test.each([
  ['"a b#c"', 'a b#c'],
  ["' #\"x '", ' #"x '],
  ['`\'"`', '\'"'],
  [String.raw`"a\nb"`, 'a\nb'],
  [String.raw`'a\nb'`, String.raw`a\nb`],
  ['"a\r\nb"', 'a\nb'],
  ['a"b\'c', 'a"b\'c'],
  [String.raw`a\b$c\${D}`, String.raw`a\b$c\${D}`],
  ['a=b==', 'a=b=='],
  ['#abc', '#abc'],
  ['  a b  ', 'a b'],
])('the value %s of .env is %j', (value, expected) => {
  const { account } = parseAsIs(NO_PASSWORD, { '.env': `GOSPEECH_PASSWORD=${value}\r\nLOG_LEVEL=info` });
  expect(account?.password?.reveal()).toBe(expected);
});

test.each(['"ab"cd"', '"ab', "'a'b", '"'])(
  'the value %s of .env is refused, since its quotes are unclear',
  (value) => {
    expect(problemsAsIs(NO_PASSWORD, { '.env': `GOSPEECH_PASSWORD=${value}\nPORT=0` })).toEqual([
      'GOSPEECH_PASSWORD must be as a whole in quotes in .env, of a kind that does not stand inside it, or in none',
    ]);
  },
);

test('a required setting whose line of .env is broken is told once, by that line', () => {
  const text = 'GOSPEECH_CLIENT_ID="a"b\nGOSPEECH_CLIENT_SECRET=x\nGOSPEECH_USERNAME=u\n';
  expect(problemsAsIs({}, { '.env': text })).toEqual([
    'GOSPEECH_CLIENT_ID must be as a whole in quotes in .env, of a kind that does not stand inside it, or in none',
  ]);
});

test('a line of .env that is none is told by its number, and not quoted', () => {
  expect(problemsAsIs({}, { '.env': 'LOG_LEVEL=info\n\nPASSWORD: SECRET\n' })).toEqual([
    '.env must hold NAME=value, or a comment, in line 3',
  ]);
});

test('the environment wins over .env, also over what is wrong there', () => {
  const files = { '.env': `${DOT_ENV}PORT=1\nGOSPEECH_PASSWORD=a #b\n` };
  const { account, port } = parseAsIs({ PORT: '2', GOSPEECH_PASSWORD: 'c' }, files);
  expect([port, account?.clientId, account?.password?.reveal()]).toEqual([2, 'client', 'c']);
});

test('a blank variable of the environment does not hide what .env says, and one with a value does', () => {
  const account = { ...NO_PASSWORD, GOSPEECH_PASSWORD: '' };
  const env = 'GOSPEECH_PASSWORD=from-the-file\n';
  expect(parseAsIs(account, { '.env': env }).account?.password?.reveal()).toBe('from-the-file');
  const own = { ...NO_PASSWORD, GOSPEECH_PASSWORD: 'own' };
  expect(parseAsIs(own, { '.env': env }).account?.password?.reveal()).toBe('own');
});
