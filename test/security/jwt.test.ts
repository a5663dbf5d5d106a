import { generateKeyPair } from 'node:crypto';
import { inspect, promisify } from 'node:util';
import { exportSPKI, SignJWT, UnsecuredJWT } from 'jose';
import { expect, test } from 'vitest';
import { startGateway } from '../support/gateway-harness.ts';
import { createLogCapture } from '../support/log-capture.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { claims, createKey, signed, startJwtIssuer, type JwtCallers, type JwtIssuer } from './jwt-issuer.ts';

/** A gateway that believes an issuer, on a clock that moves when told, and what it answers to a token. */
async function setUp(changes: Partial<JwtCallers> = {}) {
  const issuer = await startJwtIssuer();
  const clock = createManualClock(Date.now());
  const { url, sandbox, events } = await startGateway({
    clock,
    access: { callers: { ...issuer.callers, ...changes } },
  });
  return {
    issuer,
    clock,
    sandbox,
    events,
    async ask(token: string, query = '{token{tokenType}}') {
      const response = await fetch(`${url}/graphql?query=${query}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      return { status: response.status, body: await response.text() };
    },
  };
}

/** A token with one part replaced by that of another. */
function withPart(token: string, index: number, other: string): string {
  return token
    .split('.')
    .with(index, other.split('.')[index] ?? '')
    .join('.');
}

const nowS = () => Math.floor(Date.now() / 1_000);

const BAD_TOKENS: readonly (readonly [
  what: string,
  tokenOf: (issuer: JwtIssuer) => Promise<string> | string,
])[] = [
  ['of another issuer', ({ key }) => signed(key, claims({ iss: 'https://evil.example' }))],
  ['of no issuer', ({ key }) => signed(key, claims({ iss: undefined }))],
  ['for another audience', ({ key }) => signed(key, claims({ aud: 'another-api' }))],
  ['for no audience', ({ key }) => signed(key, claims({ aud: undefined }))],
  ['that has expired', ({ key }) => signed(key, claims({ exp: nowS() - 60 }))],
  ['that is not valid yet', ({ key }) => signed(key, claims({ nbf: nowS() + 60 }))],
  ['that never expires', ({ key }) => signed(key, claims({ exp: undefined }))],
  ['of nobody', ({ key }) => signed(key, claims({ sub: undefined }))],
  ['of an empty subject', ({ key }) => signed(key, claims({ sub: '' }))],
  ['of a subject that is no string', ({ key }) => signed(key, claims({ sub: 7 }))],
  ['of a subject that is null', ({ key }) => signed(key, claims({ sub: null }))],
  ['without a signature', () => new UnsecuredJWT(claims()).encode()],
  ['whose signature was cut off', async ({ key }) => withPart(await signed(key), 2, '..')],
  ['signed with another key under the same name', async () => signed(await createKey('first'))],
  ['signed with a key that is not published', async () => signed(await createKey('unknown'))],
  [
    'with the claims of another',
    async ({ key }) => withPart(await signed(key), 1, await signed(key, claims({ scope: 'token:reveal' }))),
  ],
  [
    'signed with the public key as if it were a shared secret',
    async ({ key }) =>
      new SignJWT(claims())
        .setProtectedHeader({ alg: 'HS256', kid: key.kid })
        .sign(new TextEncoder().encode(await exportSPKI(key.publicKey))),
  ],
  [
    'that brings its own key',
    async () => {
      const { publicKey, privateKey } = await createKey('own');
      const jwk = await crypto.subtle.exportKey('jwk', publicKey);
      return new SignJWT(claims())
        .setProtectedHeader({ alg: 'ES256', jwk, jku: 'https://evil.example/jwks' })
        .sign(privateKey);
    },
  ],
  ['that is no JWT', () => 'a.b.c'],
  ['that is a word', () => 'word'],
];

test.each(BAD_TOKENS)('a token %s gets 401, and is not told why', async (_what, tokenOf) => {
  const { issuer, ask, sandbox, events } = await setUp();
  const { status, body } = await ask(await tokenOf(issuer));
  expect(status).toBe(401);
  expect(events).toEqual([expect.objectContaining({ type: 'request.refused', status: 401 })]);
  expect(inspect(events, { depth: 9, showHidden: true })).not.toContain('reader@example.test');
  expect(JSON.parse(body)).toEqual({
    errors: [
      { message: 'The token is not valid here.', extensions: { code: 'UNAUTHENTICATED', retryable: false } },
    ],
  });
  expect(sandbox.requests()).toEqual([]);
});

test.each(['weak', 'malformed'])(
  'a token that names a %s key of the set gets 401, and nothing has crashed',
  async (kid) => {
    const { issuer, ask, events } = await setUp();
    const weak = await promisify(generateKeyPair)('rsa', { modulusLength: 1_024 });
    const keys = [
      { ...weak.publicKey.export({ format: 'jwk' }), kid: 'weak' },
      { kty: 'RSA', kid: 'malformed', n: '!', e: {} },
    ];
    issuer.answerWith((_request, response) =>
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys })),
    );
    const token = await signed(issuer.key);
    const header = Buffer.from(JSON.stringify({ alg: 'RS256', kid })).toString('base64url');
    expect((await ask(withPart(token, 0, header))).status).toBe(401);
    expect(events.map(({ type }) => type)).toEqual(['request.refused']);
  },
);

test('a token that expired within the tolerance for clocks is taken', async () => {
  const { issuer, ask } = await setUp();
  expect((await ask(await signed(issuer.key, claims({ exp: nowS() - 10 })))).status).toBe(200);
});

test.each([
  ['no scope', undefined],
  ['an empty scope', ''],
  ['a scope of other words', 'openid email'],
  ['a scope that begins like a permission', 'token:readers token'],
  ['a scope with commas', 'worklist:read,token:read'],
  ['a number in place of a scope', 1],
  ['lists within a list in place of a scope', [['token:read']]],
  ['an object in place of a scope', { 'token:read': true }],
])('a token with %s opens nothing', async (_what, scope) => {
  const { issuer, ask, sandbox } = await setUp();
  const { status, body } = await ask(await signed(issuer.key, claims({ scope })));
  expect([status, JSON.parse(body).data]).toEqual([200, { token: null }]);
  expect(body).toContain('FORBIDDEN');
  expect(sandbox.requests()).toEqual([]);
});

test('the keys are fetched once for many requests', async () => {
  const { issuer, ask } = await setUp();
  const token = await signed(issuer.key);
  const answers = await Promise.all(Array.from({ length: 50 }, () => ask(token)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(issuer.requests()).toBe(1);
});

test('tokens of unknown keys do not make the gateway fetch the keys for each', async () => {
  const { issuer, ask } = await setUp();
  for (let index = 0; index < 20; index += 1) {
    expect((await ask(await signed(await createKey(`unknown ${index}`)))).status).toBe(401);
  }
  expect(issuer.requests()).toBe(1);
});

test('a token of a new key is taken without a restart, and one of a withdrawn key no longer', async () => {
  const { issuer, clock, ask } = await setUp();
  const old = await signed(issuer.key);
  // By the second time it is remembered.
  for (const status of [200, 200, 200]) expect((await ask(old)).status).toBe(status);

  const next = await createKey('second');
  await issuer.publish(next);
  // Keys are fetched again 30 seconds after the last time at the earliest.
  await clock.advance(30_000);
  expect((await ask(await signed(next))).status).toBe(200);
  expect((await ask(old)).status).toBe(401);
  expect(issuer.requests()).toBe(2);
});

test.each<readonly [what: string, listener: Parameters<JwtIssuer['answerWith']>[0]]>([
  ['end the connection', (request) => void request.socket.destroy()],
  ['fail', (_request, response) => void response.writeHead(500).end()],
  ['are a page', (_request, response) => void response.end('<html></html>')],
  ['are no keys', (_request, response) => void response.end('{"keys":1}')],
  ['are elsewhere', (_request, response) => void response.writeHead(302, { location: '/elsewhere' }).end()],
])('where the keys %s, the gateway says 503, and works once they are back', async (_what, listener) => {
  const { issuer, clock, ask, sandbox, events } = await setUp();
  const token = await signed(issuer.key);
  issuer.answerWith(listener);
  const { status, body } = await ask(token);
  expect(status).toBe(503);
  expect(JSON.parse(body)).toEqual({
    errors: [
      {
        message: "The issuer's keys could not be fetched.",
        extensions: { code: 'ISSUER_UNAVAILABLE', retryable: true, retryAfterMs: 1_000 },
      },
    ],
  });
  expect(sandbox.requests()).toEqual([]);
  expect(events[0]).toMatchObject({
    type: 'issuer.failed',
    retryInMs: 1_000,
    error: { code: 'ISSUER_UNAVAILABLE', hint: expect.any(String) },
  });

  await issuer.publish(issuer.key);
  await clock.advance(1_000);
  expect((await ask(token)).status).toBe(200);
});

test('where the keys never come, the gateway says 503 to all who wait, and works once they do', async () => {
  const { issuer, clock, ask } = await setUp();
  const token = await signed(issuer.key);
  issuer.answerWith(() => undefined);
  const waiting = [ask(token), ask(token)];
  await expect.poll(() => issuer.requests()).toBe(1);
  await clock.advance(5_000);
  for (const { status, body } of await Promise.all(waiting)) {
    expect([status, JSON.parse(body).errors[0].extensions.code]).toEqual([503, 'ISSUER_UNAVAILABLE']);
  }
  expect(issuer.requests()).toBe(1);

  await issuer.publish(issuer.key);
  await clock.advance(1_000);
  expect((await ask(token)).status).toBe(200);
});

test('a wrong token is a wrong token while the keys cannot be fetched, if it needs no key to tell', async () => {
  const { issuer, ask } = await setUp();
  issuer.answerWith((request) => void request.socket.destroy());
  expect((await ask('word')).status).toBe(401);
  expect((await ask(new UnsecuredJWT(claims()).encode())).status).toBe(401);
  expect(issuer.requests()).toBe(0);
});

/** The permissions of a reader, as issuers of different makes write them. */
const WORDS: readonly (readonly [what: string, claim: string, changes: Readonly<Record<string, unknown>>])[] =
  [
    ['a scope that is a list', 'scope', { scope: ['worklist:read', 'token:read'] }],
    ['a scp with spaces', 'scp', { scp: 'worklist:read token:read' }],
    ['a scp that is a list', 'scp', { scp: ['worklist:read', 'token:read'] }],
    ['roles', 'roles', { roles: ['other', 'token:read'] }],
    ['permissions', 'permissions', { permissions: ['token:read'] }],
    ['roles within a claim', 'realm_access.roles', { realm_access: { roles: ['token:read'] } }],
    ['roles under an address', 'https://example.com/roles', { 'https://example.com/roles': ['token:read'] }],
    ['roles under a name with dots', 'com.example.roles', { 'com.example.roles': 'token:read' }],
  ];

test.each(WORDS)(
  'a token with %s opens what it names, where the claim is %s',
  async (_what, claim, changes) => {
    const { issuer, ask } = await setUp({ claim });
    const { body } = await ask(await signed(issuer.key, claims({ scope: undefined, ...changes })));
    expect(JSON.parse(body)).toEqual({ data: { token: { tokenType: 'Bearer' } } });
  },
);

test('a scope opens nothing where another claim counts', async () => {
  const { issuer, ask } = await setUp({ claim: 'roles' });
  expect((await ask(await signed(issuer.key))).body).toContain('FORBIDDEN');
});

test.each(['constructor.name', '__proto__', 'roles.length', 'roles.0', ''])(
  'a claim named %s is none that every object has',
  async (claim) => {
    const { issuer, ask } = await setUp({ claim });
    expect((await ask(await signed(issuer.key, claims({ roles: 'x' })))).body).toContain('FORBIDDEN');
  },
);

test("the issuer's own words mean what the map says, and the permissions' names mean nothing then", async () => {
  const { issuer, ask } = await setUp({
    claim: 'roles',
    permissions: new Map([['Worklist Reader', ['token:read']]]),
  });
  const as = async (roles: readonly string[]) =>
    (await ask(await signed(issuer.key, claims({ roles })))).body;
  expect(JSON.parse(await as(['Worklist Reader']))).toEqual({ data: { token: { tokenType: 'Bearer' } } });
  expect(await as(['token:read'])).toContain('FORBIDDEN');
  expect(await as(['worklist reader'])).toContain('FORBIDDEN');
});

test('callers are let in while the issuer is down, by the keys that are known', async () => {
  const { issuer, clock, ask, events } = await setUp();
  const late = claims({ exp: nowS() + 90_000 });
  const token = await signed(issuer.key, late);
  expect((await ask(token, '{__typename}')).status).toBe(200);

  issuer.answerWith((request) => void request.socket.destroy());
  for (let hour = 0; hour < 20; hour += 1) {
    await clock.advance(3_600_000);
    expect((await ask(token, '{__typename}')).status).toBe(200);
  }
  await expect.poll(() => issuer.requests()).toBe(21);
  expect(new Set(events.map(({ type }) => type))).toContain('issuer.failed');
});

test.each([
  ['aud', { aud: 'SECRET-VALUE' }, 'check_failed'],
  ['iss', { iss: 'https://SECRET-VALUE.example' }, 'check_failed'],
  ['exp', { exp: 1_234_567 }, 'check_failed'],
  ['sub', { sub: undefined }, 'missing'],
])(
  'the log names the claim %s that a token is refused for, at info, and no value of it',
  async (claim, odd, how) => {
    const { issuer, ask, events } = await setUp();
    const { body } = await ask(await signed(issuer.key, claims(odd)));
    const { report, lines } = createLogCapture('info');
    events.forEach(report);
    expect(lines).toEqual([
      expect.objectContaining({
        level: 30,
        event: 'request.refused',
        error: expect.objectContaining({ hint: expect.stringContaining(`claim ${claim}, ${how}`) }),
      }),
    ]);
    expect(JSON.stringify(lines)).not.toMatch(/SECRET-VALUE|1234567/i);
    expect(body).not.toContain(claim);
  },
);
