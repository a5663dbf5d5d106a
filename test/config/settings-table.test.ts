import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FROM_FILE } from '../../src/config/read-environment.ts';
import { settingsSchema } from '../../src/config/settings.ts';
import { ACCOUNT, KEY, parse, parseAsIs, problems, type Env } from './set-up.ts';

/** All of what stands in the config where nothing is set. */
const DEFAULTS = {
  host: '127.0.0.1',
  port: 4_000,
  keepAliveMs: 75_000,
  upstream: {
    tokenUrl: new URL('https://auth.app.gospeech.com/connect/token'),
    apiUrl: new URL('https://auth.app.gospeech.com/api/'),
    scope: 'openid offline_access email profile integrated-api',
    timeoutMs: 5_000,
    maxConnections: 16,
    maxPageSize: 100,
    shape: { record: {} },
  },
  account: undefined,
  cache: { ttlMs: 5_000, staleMs: 5_000, staleIfErrorMs: 3_600_000, maxBytes: 33_554_432 },
  access: {
    callers: { kind: 'none' },
    hosts: ['localhost', '127.0.0.1', '[::1]', '127.0.0.1'],
    corsOrigins: 'loopback',
    trustedProxies: [],
    rate: { perSecond: 500, burst: 2_000 },
  },
  api: {
    maxRequests: 2_000,
    maxStreams: 10_000,
    maxStreamsPerCaller: 100,
    livePollMs: 2_000,
    batchLimit: 0,
    introspection: true,
    graphiql: true,
    documents: undefined,
  },
  shutdown: { drainMs: 0, graceMs: 10_000 },
  log: { level: 'info', format: 'json' },
};

/** Whole numbers: where each stands in the config, and the least and the most it may be. */
const NUMBERS = [
  ['PORT', 'port', 0, 65_535],
  ['KEEP_ALIVE_MS', 'keepAliveMs', 1_000, 86_400_000],
  ['GOSPEECH_TIMEOUT_MS', 'upstream.timeoutMs', 1, 600_000],
  ['GOSPEECH_MAX_CONNECTIONS', 'upstream.maxConnections', 1, 1_024],
  ['GOSPEECH_MAX_PAGE_SIZE', 'upstream.maxPageSize', 1, 10_000],
  ['CACHE_TTL_MS', 'cache.ttlMs', 0, 86_400_000],
  ['CACHE_STALE_MS', 'cache.staleMs', 0, 86_400_000],
  ['CACHE_STALE_IF_ERROR_MS', 'cache.staleIfErrorMs', 0, 604_800_000],
  ['CACHE_MAX_BYTES', 'cache.maxBytes', 1, Number.MAX_SAFE_INTEGER],
  ['GATEWAY_BATCH_LIMIT', 'api.batchLimit', 0, 10],
  ['GATEWAY_RATE_PER_S', 'access.rate.perSecond', 1, 1_000_000],
  ['GATEWAY_RATE_BURST', 'access.rate.burst', 1, 1_000_000],
  ['GATEWAY_MAX_REQUESTS', 'api.maxRequests', 1, 1_000_000],
  ['GATEWAY_MAX_STREAMS', 'api.maxStreams', 0, 1_000_000],
  ['GATEWAY_MAX_STREAMS_PER_CALLER', 'api.maxStreamsPerCaller', 1, 1_000_000],
  ['GATEWAY_LIVE_POLL_MS', 'api.livePollMs', 1_000, 3_600_000],
  ['SHUTDOWN_DRAIN_MS', 'shutdown.drainMs', 0, 600_000],
  ['SHUTDOWN_GRACE_MS', 'shutdown.graceMs', 0, 600_000],
] as const;

/** Every other setting: a value, where it stands in the config, and what is there then. */
const VALUES: readonly (readonly [string, string, string, unknown])[] = [
  ['HOST', '[::1]', 'host', '::1'],
  ['HOST', '0:0:0:0:0:0:0:1', 'host', '::1'],
  ['HOST', '::', 'host', '::'],
  ['HOST', 'fe80::1%eth0', 'host', 'fe80::1%eth0'],
  ['HOST', ' LocalHost ', 'host', 'localhost'],
  ['HOST', '0.0.0.0', 'host', '0.0.0.0'],
  ['HOST', 'gateway-1.internal', 'host', 'gateway-1.internal'],
  ['PORT', ' 8080\n', 'port', 8_080],
  [
    'GOSPEECH_BASE_URL',
    'https://speech.example/eu',
    'upstream.apiUrl.href',
    'https://speech.example/eu/api/',
  ],
  [
    'GOSPEECH_BASE_URL',
    'https://speech.example/eu/',
    'upstream.tokenUrl.href',
    'https://speech.example/eu/connect/token',
  ],
  [
    'GOSPEECH_TOKEN_URL',
    'https://login.example/t?p=x',
    'upstream.tokenUrl.href',
    'https://login.example/t?p=x',
  ],
  ['GOSPEECH_API_URL', 'http://localhost:1/v1', 'upstream.apiUrl.href', 'http://localhost:1/v1/'],
  ['GOSPEECH_CLIENT_ID', ' id ', 'account.clientId', ' id '],
  ['GOSPEECH_CLIENT_SECRET', 'sec ret\r\n\n', 'account.clientSecret', 'sec ret'],
  ['GOSPEECH_USERNAME', 'me@example.com\n', 'account.username', 'me@example.com'],
  ['GOSPEECH_PASSWORD', ' #ab"cd \r', 'account.password', ' #ab"cd '],
  ['GOSPEECH_SCOPE', ' openid   managed-api\tx', 'upstream.scope', 'openid managed-api x'],
  [
    'HTTPS_PROXY',
    'http://me:p%20w@proxy.example',
    'upstream.proxies.https',
    'http://me:p%20w@proxy.example/',
  ],
  ['HTTP_PROXY', 'proxy.example:3128', 'upstream.proxies.http', 'http://proxy.example:3128/'],
  ['NO_PROXY', ' .internal.example,10.0.0.0/8 ', 'upstream.proxies.except', '.internal.example,10.0.0.0/8'],
  [
    'GATEWAY_TRUSTED_PROXIES',
    ' 10.0.0.0/8,, 2001:DB8::1',
    'access.trustedProxies',
    [
      { address: '10.0.0.0', family: 'ipv4', prefixBits: 8 },
      { address: '2001:db8::1', family: 'ipv6', prefixBits: 128 },
    ],
  ],
  ['GATEWAY_ALLOW_PUBLIC', 'Yes', 'access.callers.kind', 'none'],
  ['GATEWAY_HOSTS', 'Gateway.example,, my_gw:8443,', 'access.hosts', ['gateway.example', 'my_gw:8443']],
  ['GATEWAY_HOSTS', '::1, [0:0::2]:80, [::3]', 'access.hosts', ['[::1]', '[0:0::2]:80', '[::3]']],
  [
    'GATEWAY_CORS_ORIGINS',
    ' https://App.example:443,, http://[0::1]:3000 ,',
    'access.corsOrigins',
    ['https://app.example', 'http://[::1]:3000'],
  ],
  ['GATEWAY_INTROSPECTION', 'OFF', 'api.introspection', false],
  ['GATEWAY_INTROSPECTION', 'On', 'api.introspection', true],
  ['GATEWAY_GRAPHIQL', 'Off', 'api.graphiql', false],
  ['LOG_LEVEL', ' Debug ', 'log.level', 'debug'],
  ['LOG_FORMAT', 'PRETTY', 'log.format', 'pretty'],
];

/** Settings that others require, or that are no value of the config: tests of their own have them. */
const ELSEWHERE = [
  'GOSPEECH_SANDBOX',
  'GOSPEECH_SHAPE_FILE',
  'GATEWAY_AUTH',
  'GATEWAY_API_KEYS',
  'GATEWAY_JWT_JWKS_URL',
  'GATEWAY_JWT_ISSUER',
  'GATEWAY_JWT_AUDIENCE',
  'GATEWAY_JWT_CLAIM',
  'GATEWAY_JWT_PERMISSIONS',
  'GATEWAY_DOCUMENTS',
  'GATEWAY_DOCUMENTS_FILE',
];

/** What stands at a path such as `cache.ttlMs`; secrets are revealed. */
function valueAt(config: unknown, path: string): unknown {
  const value = path.split('.').reduce<unknown>((holder, key) => Object(holder)[key], config);
  const reveal: unknown = Object(value).reveal;
  return typeof reveal === 'function' ? reveal.call(value) : value;
}

/** Settings with which `variable` means something. */
function around(variable: string): Env {
  if (variable === 'NO_PROXY') return { HTTPS_PROXY: 'http://proxy.example' };
  return variable in ACCOUNT ? ACCOUNT : {};
}

test('the config without settings is all defaults', () => {
  const { warnings, ...config } = parseAsIs({});
  expect(config).toEqual(DEFAULTS);
  expect(warnings).toHaveLength(1);
});

test('the config can be changed by nobody', () => {
  expect(Object.isFrozen(parse({}))).toBe(true);
});

test.each(NUMBERS)('%s is %s, and has its bounds', (variable, path, min, max) => {
  const rule = `must be a whole number from ${min} to ${max}`;
  for (const value of [min, min + 1, max]) {
    expect(valueAt(parse({ [variable]: String(value) }), path)).toBe(value);
  }
  for (const odd of [
    String(min - 1),
    String(max + 1),
    '5_000',
    '5s',
    '1e3',
    '0x10',
    '1.5',
    '+5',
    '1,000',
    '٣',
  ]) {
    expect(problems({ [variable]: odd })).toEqual([`${variable} ${rule}`]);
  }
});

test.each(VALUES)('%s=%j is %s', (variable, value, path, expected) => {
  expect(valueAt(parse({ ...around(variable), [variable]: value }), path)).toEqual(expected);
});

test('each setting is in one of these tables, or has tests of its own', () => {
  const here = [...NUMBERS, ...VALUES].map(([variable]) => variable);
  expect([...new Set([...here, ...ELSEWHERE])].toSorted()).toEqual(
    Object.keys(settingsSchema.shape).toSorted(),
  );
});

test.each([
  ['HOST', '*'],
  ['HOST', 'http://0.0.0.0'],
  ['HOST', '0.0.0.0:4000'],
  ['HOST', '[::1]:4000'],
  ['HOST', '[127.0.0.1]'],
  ['HOST', '300.1.1.1'],
  ['HOST', '127.1'],
  ['HOST', 'two words'],
  ['HOST', '::1::'],
])('%s=%s is refused with what it may be', (variable, value) => {
  expect(problems({ [variable]: value })).toEqual([
    'HOST must be a host name or an IP address, such as 127.0.0.1, ::1 or 0.0.0.0, without scheme and port',
  ]);
});

test('a PORT that Kubernetes has set to the URL of a service is explained', () => {
  expect(problems({ PORT: 'tcp://10.0.0.1:4000' })).toEqual([
    expect.stringMatching(
      /^PORT must be a whole number from 0 to 65535, not a URL: Kubernetes .*enableServiceLinks/,
    ),
  ]);
});

test.each([
  ['GATEWAY_CORS_ORIGINS', 'https://app.example/'],
  ['GATEWAY_CORS_ORIGINS', 'https://app.example/path'],
  ['GATEWAY_CORS_ORIGINS', 'https://ok.example, https://me@app.example'],
  ['GATEWAY_CORS_ORIGINS', 'https://*.example'],
  ['GATEWAY_CORS_ORIGINS', 'app.example'],
  ['GATEWAY_CORS_ORIGINS', 'null'],
  ['GATEWAY_CORS_ORIGINS', ' , '],
])('%s=%s is refused, and the origin explained', (variable, value) => {
  expect(problems({ [variable]: value })).toEqual([
    'GATEWAY_CORS_ORIGINS must be loopback, or a comma separated list of origins, such as https://app.example: scheme, host, and a port where it is not the usual one, without a path or a / at the end',
  ]);
});

test.each([
  ['GATEWAY_HOSTS', 'https://gateway.example'],
  ['GATEWAY_HOSTS', 'gateway.example/graphql'],
  ['GATEWAY_HOSTS', 'gateway.example:99999'],
  ['GATEWAY_HOSTS', '*.example'],
  ['GATEWAY_HOSTS', '[gateway.example]'],
  ['GATEWAY_HOSTS', ','],
])('%s=%s is refused, and the host explained', (variable, value) => {
  expect(problems({ [variable]: value })).toEqual([
    'GATEWAY_HOSTS must be a comma separated list of host names, such as gateway.example, with a port or without, and without a scheme or path',
  ]);
});

test.each([
  ['GOSPEECH_SANDBOX', 'true', 'yes, no'],
  ['GATEWAY_AUTH', 'apikey', 'none, api-key, jwt'],
  ['GATEWAY_ALLOW_PUBLIC', '1', 'yes, no'],
  ['GATEWAY_INTROSPECTION', 'yes', 'on, off'],
  ['GATEWAY_GRAPHIQL', 'true', 'on, off'],
  ['GATEWAY_DOCUMENTS', 'all', 'any, allow-list'],
  ['LOG_LEVEL', 'warning', 'trace, debug, info, warn, error, fatal, silent'],
  ['LOG_FORMAT', 'text', 'json, pretty'],
])('%s=%s is refused with its words', (variable, value, words) => {
  expect(problems({ [variable]: value })).toEqual([`${variable} must be one of ${words}`]);
});

test.each(['openid "x"', 'openid ü', String.raw`a\b`])('GOSPEECH_SCOPE=%s is refused', (value) => {
  expect(problems({ GOSPEECH_SCOPE: value })).toEqual([
    expect.stringMatching(/^GOSPEECH_SCOPE must be scopes/),
  ]);
});

test('a JWT issuer is told by its three settings, and its key URL may have a query', () => {
  const jwt = {
    GATEWAY_AUTH: 'JWT',
    GATEWAY_JWT_JWKS_URL: ' https://login.example/keys?appid=1 ',
    GATEWAY_JWT_ISSUER: 'https://login.example ',
    GATEWAY_JWT_AUDIENCE: ' gateway',
  };
  expect(parse(jwt).access.callers).toEqual({
    kind: 'jwt',
    jwksUrl: new URL('https://login.example/keys?appid=1'),
    issuer: 'https://login.example',
    audience: 'gateway',
    claim: 'scope',
    permissions: undefined,
  });
  expect(problems({ ...jwt, GATEWAY_JWT_JWKS_URL: 'https://login.example/keys#fragment' })).toHaveLength(1);
  expect(problems({ ...jwt, GATEWAY_JWT_JWKS_URL: 'http://login.example/keys' })).toHaveLength(1);
});

test('a word that chooses others does so in any case', () => {
  expect(parse({ GATEWAY_AUTH: 'API-KEY', GATEWAY_API_KEYS: KEY }).access.callers.kind).toBe('api-key');
  expect(problems({ GATEWAY_DOCUMENTS: 'Allow-List' })).toEqual([
    'GATEWAY_DOCUMENTS_FILE must be set where GATEWAY_DOCUMENTS is allow-list',
  ]);
});

test('a setting that breaks its rule is told once, and not what follows from it', () => {
  const env = { ...ACCOUNT, HOST: '0.0.0.0', GATEWAY_AUTH: 'keys', GATEWAY_API_KEYS: KEY };
  expect(problems(env)).toEqual(['GATEWAY_AUTH must be one of none, api-key, jwt']);
});

/** The settings and defaults that a page names, each as one entry of `pattern`. */
function entriesOf(file: string, pattern: RegExp): Map<string, string | undefined> {
  const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
  return new Map([...text.matchAll(pattern)].map(([, name = '', value]) => [name, value]));
}

const SETTINGS = Object.entries(settingsSchema.shape);
const DEFAULT_SETTINGS: Readonly<Record<string, unknown>> = settingsSchema.parse({});

test('docs/settings.md has each setting with its default, and no other', () => {
  const documented = entriesOf(
    'docs/settings.md',
    /^- `([A-Z_]+)`(?: \(default `([^`]+)`\)| \(default: [^)]+\))?:/gm,
  );
  expect([...documented.keys()].toSorted()).toEqual(SETTINGS.map(([name]) => name).toSorted());
  for (const [name, setting] of SETTINGS) {
    expect([name, setting.parse(documented.get(name))]).toEqual([name, DEFAULT_SETTINGS[name]]);
  }
});

test('docs/settings.md says the bounds of each number', () => {
  const text = readFileSync(new URL('../../docs/settings.md', import.meta.url), 'utf8').replaceAll(
    '\n  ',
    ' ',
  );
  for (const [variable, , min, max] of NUMBERS.filter(([name]) => name !== 'CACHE_MAX_BYTES')) {
    expect(text).toMatch(new RegExp(String.raw`- \`${variable}\`.*\b${min} to ${max}\b`));
  }
});

test('docs/settings.md names the files that settings may come from', () => {
  const text = readFileSync(new URL('../../docs/settings.md', import.meta.url), 'utf8');
  expect(text).toContain(`${FROM_FILE[0]}_FILE`);
  expect(text).toContain(`${FROM_FILE.at(-1)}_FILE`);
});

test('.env.example has each setting with its default or a right value, and no other', () => {
  const shown = entriesOf('.env.example', /^(?:# )?([A-Z_]+)=(.*)$/gm);
  expect([...shown.keys()].toSorted()).toEqual(SETTINGS.map(([name]) => name).toSorted());
  for (const [name, setting] of SETTINGS) {
    const value = setting.parse(shown.get(name));
    const byDefault = DEFAULT_SETTINGS[name];
    const hasDefault = byDefault !== undefined && [byDefault].flat().length > 0;
    expect([name, value]).toEqual([name, hasDefault ? byDefault : value]);
  }
});
