import { expect, test } from 'vitest';
import { ACCOUNT, KEY, parseAsIs, problemsAsIs, type Env } from './set-up.ts';

const MISSING = [
  'GOSPEECH_CLIENT_ID must be set',
  'GOSPEECH_CLIENT_SECRET must be set',
  'GOSPEECH_USERNAME must be set',
];

/** What is told where neither an account nor the sandbox is asked for, though these names tell of use. */
function noAccount(...signs: readonly string[]): string[] {
  return [
    ...MISSING,
    `GOSPEECH_SANDBOX must be yes if invented recordings are to be served instead, in spite of ${signs.join(', ')}`,
  ];
}

test('with nothing set the sandbox is used, and a warning says that all is invented', () => {
  const { account, warnings } = parseAsIs({});
  expect(account).toBeUndefined();
  expect(warnings).toEqual([
    expect.stringMatching(/^All recordings are invented: no service account is set/),
  ]);
  expect(parseAsIs({ PORT: '0', LOG_LEVEL: 'debug', GATEWAY_BATCH_LIMIT: '2' }).account).toBeUndefined();
});

test('with GOSPEECH_SANDBOX=yes the sandbox is used wherever it is asked for, and a warning says so', () => {
  const { account, warnings } = parseAsIs({
    GOSPEECH_SANDBOX: 'YES',
    GOSPEECH_BASE_URL: 'https://speech.example',
    HOST: '0.0.0.0',
    NODE_ENV: 'production',
    GATEWAY_AUTH: 'api-key',
    GATEWAY_API_KEYS: KEY,
  });
  expect(account).toBeUndefined();
  expect(warnings).toEqual(['All recordings are invented: GOSPEECH_SANDBOX is yes.']);
});

test('with an account nothing is said of the sandbox, which cannot be asked for too', () => {
  expect(parseAsIs(ACCOUNT).warnings).toEqual([]);
  expect(parseAsIs({ ...ACCOUNT, GOSPEECH_SANDBOX: 'no' }).warnings).toEqual([]);
  expect(problemsAsIs({ ...ACCOUNT, GOSPEECH_SANDBOX: 'yes' })).toEqual([
    'GOSPEECH_SANDBOX must not be yes where a service account is set',
  ]);
  expect(problemsAsIs({ GOSPEECH_SANDBOX: 'yes', GOSPEECH_PASSWORD: 'x' })).toContain(
    'GOSPEECH_SANDBOX must not be yes where a service account is set',
  );
});

test.each<[Env, string]>([
  [{ NODE_ENV: 'production' }, 'NODE_ENV'],
  [{ NODE_ENV: 'Production' }, 'NODE_ENV'],
  [{ GATEWAY_AUTH: 'none' }, 'GATEWAY_AUTH'],
  [{ GATEWAY_ALLOW_PUBLIC: 'yes' }, 'GATEWAY_ALLOW_PUBLIC'],
  [{ GOSPEECH_BASE_URL: 'https://auth.app.gospeech.com' }, 'GOSPEECH_BASE_URL'],
  [{ GOSPEECH_TIMEOUT_MS: '1000' }, 'GOSPEECH_TIMEOUT_MS'],
  [{ GOSPEECH_CLIENT_ID: '' }, 'GOSPEECH_CLIENT_ID'],
  [{ GOSPEECH_SANDBOX: '' }, 'GOSPEECH_SANDBOX'],
  [{ GOSPEECH_PASSWORD: '  ' }, 'GOSPEECH_PASSWORD'],
  [{ GOSPEECH_PASSWORD_FILE: '' }, 'GOSPEECH_PASSWORD_FILE'],
])('with %j a missing account stops the start, and is named', (env, sign) => {
  expect(problemsAsIs(env)).toEqual(noAccount(sign));
});

test('a public HOST makes a missing account a problem, and says what else is missing', () => {
  expect(problemsAsIs({ HOST: '0.0.0.0' })).toEqual([
    ...noAccount('HOST'),
    expect.stringMatching(/^GATEWAY_AUTH must be api-key or jwt/),
  ]);
});

test('API keys and JWT settings make a missing account a problem', () => {
  expect(problemsAsIs({ GATEWAY_AUTH: 'api-key', GATEWAY_API_KEYS: KEY })).toEqual(
    noAccount('GATEWAY_AUTH', 'GATEWAY_API_KEYS'),
  );
  expect(problemsAsIs({ GATEWAY_AUTH: 'api-key', GATEWAY_API_KEYS_FILE: '/k' }, { '/k': KEY })).toEqual(
    noAccount('GATEWAY_AUTH', 'GATEWAY_API_KEYS_FILE'),
  );
  expect(problemsAsIs({ GATEWAY_JWT_ISSUER: 'https://issuer.example' })).toEqual([
    ...noAccount('GATEWAY_JWT_ISSUER'),
    'GATEWAY_JWT_ISSUER needs GATEWAY_AUTH to be jwt',
  ]);
});

test.each([
  ['GOSPEECH_CLIENTID', 'GOSPEECH_CLIENT_ID'],
  ['GOSPEACH_CLIENT_SECRET', 'GOSPEECH_CLIENT_SECRET'],
  ['GO_SPEECH_USERNAME', 'GOSPEECH_USERNAME'],
  ['gospeech_password', 'GOSPEECH_PASSWORD'],
  ['GOSPEECH_USER', 'GOSPEECH_USERNAME'],
])('the misspelt %s stops the start too, and is named with %s', (name, nearest) => {
  expect(problemsAsIs({ [name]: 'VALUE' })).toEqual([
    ...noAccount(name),
    `${name} is no setting. The nearest one is ${nearest}.`,
  ]);
});

test('beside a part of an account, a misspelt name is told as what may be the cause', () => {
  const { GOSPEECH_USERNAME, ...others } = ACCOUNT;
  expect(problemsAsIs({ ...others, GOSPEECH_USERNAM: GOSPEECH_USERNAME })).toEqual([
    expect.stringMatching(/^GOSPEECH_USERNAME must be set where any of/),
    'GOSPEECH_USERNAM is no setting. The nearest one is GOSPEECH_USERNAME.',
  ]);
});

test('everything at once: blank credentials, a public HOST, keys, a base URL, production', () => {
  const env = {
    GOSPEECH_CLIENT_ID: '',
    GOSPEECH_CLIENT_SECRET: '',
    GOSPEECH_USER: 'me@example.com',
    GOSPEECH_BASE_URL: 'https://auth.app.gospeech.com',
    HOST: '0.0.0.0',
    GATEWAY_AUTH: 'api-key',
    GATEWAY_API_KEYS: KEY,
    NODE_ENV: 'production',
  };
  expect(problemsAsIs(env)).toEqual([
    ...noAccount(
      'HOST',
      'NODE_ENV',
      'GATEWAY_AUTH',
      'GATEWAY_API_KEYS',
      'GOSPEECH_CLIENT_ID',
      'GOSPEECH_CLIENT_SECRET',
      'GOSPEECH_USER',
      'GOSPEECH_BASE_URL',
    ),
    'GOSPEECH_USER is no setting. The nearest one is GOSPEECH_USERNAME.',
  ]);
});

test('names that look like settings are warnings, and those of others are left alone', () => {
  const env = {
    ...ACCOUNT,
    GATEWAY_SERVICE_HOST: '10.0.0.1',
    GATEWAY_PORT_4000_TCP: 'tcp://10.0.0.1:4000',
    CACHE_TTL: '5',
    'SHUTDOWN-GRACE-MS': '5',
    GATEWAY: '1',
    SHUTDWON_GRACE_MS: '1',
    LOG_LEVL: 'debug',
    KEEPALIVE_MS: '1',
    PATH: '/bin',
    HOSTNAME: 'pod-1',
    LOGNAME: 'me',
    LOG_DIR: '/var/log',
    http_proxy: 'http://proxy.example',
    GATE: 'x',
    CACHET: 'x',
  };
  expect(parseAsIs(env).warnings).toEqual([
    expect.stringMatching(/^GATEWAY_SERVICE_HOST is no setting\. The nearest one is GATEWAY_\w+\.$/),
    expect.stringMatching(/^GATEWAY_PORT_4000_TCP is no setting\. The nearest one is GATEWAY_\w+\.$/),
    'CACHE_TTL is no setting. The nearest one is CACHE_TTL_MS.',
    'SHUTDOWN-GRACE-MS is no setting. The nearest one is SHUTDOWN_GRACE_MS.',
    expect.stringMatching(/^GATEWAY is no setting\./),
    'SHUTDWON_GRACE_MS is no setting. The nearest one is SHUTDOWN_GRACE_MS.',
    'LOG_LEVL is no setting. The nearest one is LOG_LEVEL.',
    'KEEPALIVE_MS is no setting. The nearest one is KEEP_ALIVE_MS.',
    expect.stringMatching(/^CACHET is no setting\./),
  ]);
});

test.each(Object.keys(ACCOUNT))('a blank around %s is kept, and a warning', (variable) => {
  for (const value of [' a', 'a\t', 'a\nb']) {
    expect(parseAsIs({ ...ACCOUNT, [variable]: value }).warnings).toEqual([
      `${variable} begins or ends with a blank, or holds a line break. It is sent with them.`,
    ]);
  }
  expect(parseAsIs({ ...ACCOUNT, [variable]: 'a b\r\n' }).warnings).toEqual([]);
});
