import type { RequestListener } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose';
import { onTestFinished } from 'vitest';
import type { CallersConfig } from '../../src/config/parse-access.ts';
import { startServer } from '../../src/server/start-server.ts';

/** A key pair with the identifier under which it is published. */
export interface IssuerKey {
  readonly kid: string;
  readonly publicKey: CryptoKey;
  readonly privateKey: CryptoKey;
}

export type JwtCallers = Extract<CallersConfig, { kind: 'jwt' }>;

export interface JwtIssuer {
  /** For a gateway that believes this issuer. */
  readonly callers: JwtCallers;
  /** The one that is published at first. */
  readonly key: IssuerKey;
  /** Publishes these keys and no others from now on. */
  publish(...keys: readonly IssuerKey[]): Promise<void>;
  /** From now on answers requests for keys like this. */
  answerWith(listener: RequestListener): void;
  /** How often the keys were asked for. */
  requests(): number;
}

export const ISSUER = 'https://accounts.example.test';
export const AUDIENCE = 'gospeech-graphql-gateway';

const LIFETIME_S = 600;

/** An issuer of JWTs that publishes its keys on a socket, closed when the test ends. */
export async function startJwtIssuer(): Promise<JwtIssuer> {
  let requests = 0;
  let listener: RequestListener;
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    listener(request, response) {
      requests += 1;
      listener(request, response);
    },
  });
  onTestFinished(() => server.close(0));

  async function publish(...keys: readonly IssuerKey[]): Promise<void> {
    const published = keys.map(async ({ kid, publicKey }) => ({ ...(await exportJWK(publicKey)), kid }));
    const body = JSON.stringify({ keys: await Promise.all(published) });
    listener = (_request, response) => response.setHeader('content-type', 'application/json').end(body);
  }

  const key = await createKey('first');
  await publish(key);
  return {
    callers: {
      kind: 'jwt',
      jwksUrl: new URL('/jwks', server.url),
      issuer: ISSUER,
      audience: AUDIENCE,
      claim: 'scope',
      permissions: undefined,
    },
    key,
    publish,
    answerWith: (other) => (listener = other),
    requests: () => requests,
  };
}

/** A new key pair for ES256. */
export async function createKey(kid: string): Promise<IssuerKey> {
  return { kid, ...(await generateKeyPair('ES256', { extractable: true })) };
}

/** What a good token of a reader says, with these claims changed; one that is `undefined` is left out. */
export function claims(changes: Readonly<Record<string, unknown>> = {}): JWTPayload {
  return {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: 'reader@example.test',
    scope: 'worklist:read token:read',
    exp: Math.floor(Date.now() / 1_000) + LIFETIME_S,
    ...changes,
  };
}

/** A token that says this, signed with this key. */
export function signed({ kid, privateKey }: IssuerKey, payload: JWTPayload = claims()): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey);
}
