import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { ACCOUNT, KEY, parse, parseAsIs, problems, problemsAsIs } from './set-up.ts';

test('a blank setting counts as not set', () => {
  expect(parseAsIs({ PORT: '', LOG_LEVEL: '  ' })).toEqual(parseAsIs({}));
});

test('the service account is what is set, and its secrets do not print', () => {
  const { account } = parse(ACCOUNT);
  expect(account?.clientSecret.reveal()).toBe('client-secret');
  expect(account?.password?.reveal()).toBe('pass-word');
  expect(inspect(account)).not.toMatch(/client-secret|pass-word/);
});

test('the password may be missing', () => {
  const { GOSPEECH_PASSWORD: _password, ...documented } = ACCOUNT;
  expect(parse(documented).account?.password).toBeUndefined();
});

test('a secret comes from a file too, without its final line break', () => {
  const { GOSPEECH_PASSWORD: _password, ...others } = ACCOUNT;
  const { account } = parse(
    { ...others, GOSPEECH_PASSWORD_FILE: '/run/password' },
    { '/run/password': ' p w \n' },
  );
  expect(account?.password?.reveal()).toBe(' p w ');
});

test('token endpoint and API follow the base URL, unless they are set', () => {
  expect(parse({ GOSPEECH_BASE_URL: 'https://speech.example/eu' }).upstream).toMatchObject({
    tokenUrl: new URL('https://speech.example/eu/connect/token'),
    apiUrl: new URL('https://speech.example/eu/api/'),
  });
  expect(
    parse({ GOSPEECH_TOKEN_URL: 'https://login.example/token', GOSPEECH_API_URL: 'https://api.example/v1' })
      .upstream,
  ).toMatchObject({
    tokenUrl: new URL('https://login.example/token'),
    apiUrl: new URL('https://api.example/v1/'),
  });
});

test('the log is for people on a terminal, and JSON elsewhere', () => {
  expect(parse({}, {}, true).log.format).toBe('pretty');
  expect(parse({ LOG_FORMAT: 'json' }, {}, true).log.format).toBe('json');
});

test('only a gateway that others can reach drains after SIGTERM, unless it is told to', () => {
  expect(parse({ HOST: '0.0.0.0' }).shutdown.drainMs).toBe(5_000);
  expect(parse({ HOST: '0.0.0.0', SHUTDOWN_DRAIN_MS: '0' }).shutdown.drainMs).toBe(0);
  expect(parse({ HOST: '::1' }).shutdown.drainMs).toBe(0);
  expect(parse({ SHUTDOWN_DRAIN_MS: '7000', SHUTDOWN_GRACE_MS: '0' }).shutdown).toEqual({
    drainMs: 7_000,
    graceMs: 0,
  });
});

const URL_RULE =
  'must be an absolute https URL (http only for a loopback host) without credentials, query or fragment';
const ENDPOINT_RULE = URL_RULE.replace(', query', '');

test.each([
  [{ PORT: '65536' }, 'PORT must be a whole number from 0 to 65535'],
  [{ PORT: '-1' }, 'PORT must be a whole number from 0 to 65535'],
  [{ PORT: '80.5' }, 'PORT must be a whole number from 0 to 65535'],
  [{ PORT: 'http' }, 'PORT must be a whole number from 0 to 65535'],
  [{ GOSPEECH_TIMEOUT_MS: '0' }, 'GOSPEECH_TIMEOUT_MS must be a whole number from 1 to 600000'],
  [{ GOSPEECH_MAX_PAGE_SIZE: '0' }, 'GOSPEECH_MAX_PAGE_SIZE must be a whole number from 1 to 10000'],
  [{ CACHE_TTL_MS: '1e3' }, 'CACHE_TTL_MS must be a whole number from 0 to 86400000'],
  [{ SHUTDOWN_DRAIN_MS: '5s' }, 'SHUTDOWN_DRAIN_MS must be a whole number from 0 to 600000'],
  [{ SHUTDOWN_GRACE_MS: '600001' }, 'SHUTDOWN_GRACE_MS must be a whole number from 0 to 600000'],
  [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent'],
  [{ GOSPEECH_BASE_URL: 'auth.app.gospeech.com' }, `GOSPEECH_BASE_URL ${URL_RULE}`],
  [{ GOSPEECH_BASE_URL: 'http://auth.app.gospeech.com' }, `GOSPEECH_BASE_URL ${URL_RULE}`],
  [{ GOSPEECH_TOKEN_URL: 'https://user:pass@login.example' }, `GOSPEECH_TOKEN_URL ${ENDPOINT_RULE}`],
  [{ GOSPEECH_API_URL: 'https://api.example/?key=1' }, `GOSPEECH_API_URL ${URL_RULE}`],
])('%j is refused with the rule', (env: Record<string, string>, problem) => {
  expect(problems(env)).toEqual([problem]);
});

test('http is allowed for loopback', () => {
  expect(problems({ GOSPEECH_BASE_URL: 'http://127.0.0.1:4010' })).toEqual([]);
  expect(problems({ GOSPEECH_BASE_URL: 'http://localhost:4010' })).toEqual([]);
  expect(problems({ GOSPEECH_BASE_URL: 'http://[::1]:4010' })).toEqual([]);
});

test('every problem is reported at once, and no value with it', () => {
  const env = {
    PORT: 'VALUE-1',
    LOG_LEVEL: 'VALUE-2',
    GOSPEECH_BASE_URL: 'VALUE-3',
    GOSPEECH_CLIENT_SECRET: 'VALUE-4',
    GOSPEECH_PASSWORD_FILE: 'VALUE-5',
    GOSPEECH_SHAPE_FILE: 'VALUE-6',
  };
  const found = problems(env);
  expect(new Set(found.map((line) => line.split(' ')[0]))).toEqual(
    new Set([
      'GOSPEECH_BASE_URL',
      'GOSPEECH_CLIENT_ID',
      'GOSPEECH_PASSWORD_FILE',
      'GOSPEECH_SHAPE_FILE',
      'GOSPEECH_USERNAME',
      'LOG_LEVEL',
      'PORT',
    ]),
  );
  expect(found.join()).not.toContain('VALUE-');
});

test('a part of the service account is refused with what is missing', () => {
  const rule =
    'must be set where any of GOSPEECH_CLIENT_ID, GOSPEECH_CLIENT_SECRET, GOSPEECH_USERNAME, GOSPEECH_PASSWORD is';
  expect(problems({ GOSPEECH_USERNAME: 'me@example.com' })).toEqual([
    `GOSPEECH_CLIENT_ID ${rule}`,
    `GOSPEECH_CLIENT_SECRET ${rule}`,
  ]);
  expect(problems({ GOSPEECH_PASSWORD: 'x' })).toHaveLength(3);
});

test('a setting and its file at once are refused', () => {
  expect(problems({ ...ACCOUNT, GOSPEECH_PASSWORD_FILE: '/p' }, { '/p': 'x' })).toEqual([
    'GOSPEECH_PASSWORD_FILE must not be set together with GOSPEECH_PASSWORD',
  ]);
});

test('with the service account, a gateway that others can reach asks them who they are', () => {
  const where = 'where HOST is not a loopback address and GOSPEECH_SANDBOX is not yes';
  const PUBLIC = { ...ACCOUNT, HOST: '0.0.0.0' };
  expect(problems(PUBLIC)).toEqual([`GATEWAY_AUTH must be api-key or jwt ${where}`]);
  expect(problems({ ...PUBLIC, GATEWAY_AUTH: 'none' })).toEqual([
    `GATEWAY_AUTH must be api-key or jwt ${where}, unless GATEWAY_ALLOW_PUBLIC is yes`,
  ]);
  expect(problems({ ...PUBLIC, GATEWAY_AUTH: 'none', GATEWAY_ALLOW_PUBLIC: 'yes' })).toEqual([]);
  expect(problems({ ...PUBLIC, GATEWAY_ALLOW_PUBLIC: 'yes' })).toEqual([
    `GATEWAY_AUTH must be api-key or jwt ${where}, or none for everybody: GATEWAY_ALLOW_PUBLIC only allows it`,
  ]);
  expect(problems({ ...PUBLIC, GATEWAY_AUTH: 'api-key', GATEWAY_API_KEYS: KEY })).toEqual([]);
  expect(problems({ HOST: '0.0.0.0' })).toEqual([]);
  expect(problemsAsIs({ HOST: '0.0.0.0' })).toContain(`GATEWAY_AUTH must be api-key or jwt ${where}`);
  expect(problems({ ...ACCOUNT, HOST: '::1' })).toEqual([]);
});

test('API keys are read with their names and permissions', () => {
  const { callers } = parse({
    GATEWAY_AUTH: 'api-key',
    GATEWAY_API_KEYS: `${KEY}; bob ${'0'.repeat(64)} token:read`,
  }).access;
  expect(callers).toMatchObject({
    kind: 'api-key',
    keys: [
      { name: 'alice', permissions: new Set(['worklist:read', 'token:read']) },
      { name: 'bob', permissions: new Set(['token:read']) },
    ],
  });
});

test.each([
  ['alice', 'must have the SHA-256'],
  [`alice ${'f'.repeat(64)}`, 'must end with one or more of'],
  [`alice ${'f'.repeat(64)} worklist:write`, 'must end with one or more of'],
  [`al/ice ${'f'.repeat(64)} token:read`, 'must begin with a name'],
  [`alice ${'f'.repeat(64)} token:read; alice ${'e'.repeat(64)} token:read`, 'a name of its own'],
  [' ; ', 'must hold a key'],
])('the API key %j is refused', (keys, rule) => {
  const found = problems({ GATEWAY_AUTH: 'api-key', GATEWAY_API_KEYS: keys });
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(rule);
});

test('settings that belong together are only right together', () => {
  expect(problems({ GATEWAY_AUTH: 'api-key' })).toEqual([
    'GATEWAY_API_KEYS must be set where GATEWAY_AUTH is api-key',
  ]);
  expect(problems({ GATEWAY_API_KEYS: KEY })).toEqual(['GATEWAY_API_KEYS needs GATEWAY_AUTH to be api-key']);
  expect(problems({ GATEWAY_AUTH: 'jwt', GATEWAY_JWT_ISSUER: 'https://issuer.example' })).toEqual([
    'GATEWAY_JWT_JWKS_URL must be set where GATEWAY_AUTH is jwt',
    'GATEWAY_JWT_AUDIENCE must be set where GATEWAY_AUTH is jwt',
  ]);
  expect(problems({ GATEWAY_DOCUMENTS: 'allow-list' })).toEqual([
    'GATEWAY_DOCUMENTS_FILE must be set where GATEWAY_DOCUMENTS is allow-list',
  ]);
});

test('hosts and origins are lists, with defaults that follow the host', () => {
  expect(parse({}).access).toMatchObject({
    callers: { kind: 'none' },
    hosts: expect.arrayContaining(['localhost', '127.0.0.1', '[::1]']),
    corsOrigins: 'loopback',
  });
  expect(parse({ HOST: '0.0.0.0' }).access.hosts).toBeUndefined();
  expect(parse(ACCOUNT).access.corsOrigins).toEqual([]);
  expect(
    parse({ GATEWAY_HOSTS: 'Gateway.example, other:8443', GATEWAY_CORS_ORIGINS: 'https://app.example' })
      .access,
  ).toMatchObject({ hosts: ['gateway.example', 'other:8443'], corsOrigins: ['https://app.example'] });
  expect(parse({ ...ACCOUNT, GATEWAY_CORS_ORIGINS: ' Loopback' }).access.corsOrigins).toBe('loopback');
  expect(problems({ GATEWAY_HOSTS: 'https://x', GATEWAY_CORS_ORIGINS: '*' })).toEqual([
    expect.stringMatching(
      /^GATEWAY_HOSTS must be a comma separated list of host names, such as gateway\.example, .*without a scheme/,
    ),
    expect.stringMatching(
      /^GATEWAY_CORS_ORIGINS must be loopback, or a comma separated list of origins, such as https:\/\/app\.example: .*without a path or a \/ at the end$/,
    ),
  ]);
});

test('the playground is on by itself only where nobody else can reach it', () => {
  expect(parse({}).api.graphiql).toBe(true);
  expect(parse({ HOST: '0.0.0.0' }).api.graphiql).toBe(false);
  expect(parse({ HOST: '0.0.0.0', GATEWAY_GRAPHIQL: 'on' }).api.graphiql).toBe(true);
});

test('the allow-list is a manifest of Apollo, or documents by their SHA-256', () => {
  const body = '{ worklist { total } }';
  const id = createHash('sha256').update(body).digest('hex');
  const env = { GATEWAY_DOCUMENTS: 'allow-list', GATEWAY_DOCUMENTS_FILE: '/d' };
  for (const file of [
    { [id]: body },
    { format: 'x', version: 1, operations: [{ id, name: 'A', type: 'query', body }] },
  ]) {
    expect(parse(env, { '/d': JSON.stringify(file) }).api.documents).toEqual(new Map([[id, body]]));
  }
  expect(problems(env, { '/d': JSON.stringify({ [id]: 'another' }) })).toEqual([
    'GATEWAY_DOCUMENTS_FILE must give each document its own SHA-256',
  ]);
  expect(problems(env, { '/d': '[]' })).toHaveLength(1);
  expect(problems(env)).toEqual(['GATEWAY_DOCUMENTS_FILE must name a file that can be read (ENOENT)']);
});

test('the shape file is read, and each of its problems is one of the settings', () => {
  const shape = JSON.stringify({ records: '/payload/rows' });
  expect(parse({ GOSPEECH_SHAPE_FILE: '/s' }, { '/s': shape }).upstream.shape.records).toEqual([
    'payload',
    'rows',
  ]);
  expect(
    problems({ GOSPEECH_SHAPE_FILE: '/s', PORT: 'x' }, { '/s': '{"records":"rows","typo":1}' }),
  ).toHaveLength(3);
  expect(problems({ GOSPEECH_SHAPE_FILE: '/s' }, { '/s': '{' })).toEqual([
    'GOSPEECH_SHAPE_FILE must name a file that holds JSON: line 1, column 2 breaks it',
  ]);
});
