import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { ConfigError } from '../../src/config/config-error.ts';
import { parseConfig, type GatewayConfig } from '../../src/config/parse-config.ts';

const ACCOUNT = {
  GOSPEECH_CLIENT_ID: 'client',
  GOSPEECH_CLIENT_SECRET: 'client-secret',
  GOSPEECH_USERNAME: 'me@example.com',
  GOSPEECH_PASSWORD: 'pass-word',
};

function parse(env: Record<string, string>, files: Record<string, string> = {}): GatewayConfig {
  return parseConfig(env, {
    readFile(path) {
      const text = files[path];
      if (text === undefined) throw new Error(`no ${path}`);
      return text;
    },
    isTerminal: false,
  });
}

/** The message of the `ConfigError` that these settings give, a line for each problem. */
function problems(env: Record<string, string>, files?: Record<string, string>): string[] {
  try {
    parse(env, files);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
  return [];
}

test('nothing needs to be set', () => {
  expect(parse({})).toMatchObject({
    host: '127.0.0.1',
    port: 4_000,
    account: undefined,
    upstream: {
      tokenUrl: new URL('https://auth.app.gospeech.com/connect/token'),
      apiUrl: new URL('https://auth.app.gospeech.com/api/'),
      scope: 'openid offline_access email profile integrated-api',
      timeoutMs: 5_000,
      maxConnections: 16,
      maxPageSize: 100,
    },
    cache: { ttlMs: 5_000, maxBytes: 67_108_864 },
    shutdown: { drainMs: 0, graceMs: 10_000 },
    log: { level: 'info', format: 'json' },
  });
});

test('a blank setting counts as not set', () => {
  expect(parse({ PORT: '', GOSPEECH_CLIENT_ID: '  ' })).toEqual(parse({}));
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
  const readFile = () => '';
  expect(parseConfig({}, { readFile, isTerminal: true }).log.format).toBe('pretty');
  expect(parseConfig({ LOG_FORMAT: 'json' }, { readFile, isTerminal: true }).log.format).toBe('json');
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
  [{ GOSPEECH_TOKEN_URL: 'https://user:pass@login.example' }, `GOSPEECH_TOKEN_URL ${URL_RULE}`],
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

test('with the service account, only this machine may reach the gateway', () => {
  expect(problems({ ...ACCOUNT, HOST: '0.0.0.0' })).toEqual([
    'HOST must be a loopback address where the service account is set',
  ]);
  expect(problems({ HOST: '0.0.0.0' })).toEqual([]);
  expect(problems({ ...ACCOUNT, HOST: '::1' })).toEqual([]);
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
    'GOSPEECH_SHAPE_FILE must name a file that holds JSON',
  ]);
});
