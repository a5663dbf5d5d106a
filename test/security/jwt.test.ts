import { inspect } from 'node:util';
import { exportSPKI, SignJWT, UnsecuredJWT } from 'jose';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startGateway } from '../support/gateway-harness.ts';
import { createLogCapture } from '../support/log-capture.ts';
import { claims, createKey, signed, startJwtIssuer, type JwtIssuer } from './jwt-issuer.ts';

/** A gateway that believes an issuer, and what it answers to a token. */
async function setUp() {
  const issuer = await startJwtIssuer();
  const { url, sandbox, events } = await startGateway({ access: { callers: issuer.callers } });
  return {
    issuer,
    sandbox,
    events,
    async ask(token: string) {
      const response = await fetch(`${url}/graphql?query={token{tokenType}}`, {
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
  ['a list in place of a scope', ['token:read']],
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
  const { issuer, ask } = await setUp();
  const old = await signed(issuer.key);
  expect((await ask(old)).status).toBe(200);

  const next = await createKey('second');
  await issuer.publish(next);
  // Keys are fetched again 30 seconds after the last time at the earliest, on a clock that jose reads itself.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31_000 });
  onTestFinished(() => void vi.useRealTimers());
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
  const { issuer, ask, sandbox } = await setUp();
  const token = await signed(issuer.key);
  issuer.answerWith(listener);
  const { status, body } = await ask(token);
  expect(status).toBe(503);
  expect(JSON.parse(body)).toEqual({
    errors: [
      {
        message: "The issuer's keys could not be fetched.",
        extensions: { code: 'UPSTREAM_UNAVAILABLE', retryable: true },
      },
    ],
  });
  expect(sandbox.requests()).toEqual([]);

  await issuer.publish(issuer.key);
  expect((await ask(token)).status).toBe(200);
});

test('a wrong token is a wrong token while the keys cannot be fetched, if it needs no key to tell', async () => {
  const { issuer, ask } = await setUp();
  issuer.answerWith((request) => void request.socket.destroy());
  expect((await ask('word')).status).toBe(401);
  expect((await ask(new UnsecuredJWT(claims()).encode())).status).toBe(401);
  expect(issuer.requests()).toBe(0);
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
