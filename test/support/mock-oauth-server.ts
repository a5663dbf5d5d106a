import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { OAuth2Server, type MutableResponse, type TokenRequestIncomingMessage } from 'oauth2-mock-server';
import { onTestFinished } from 'vitest';
import {
  CREDENTIALS,
  startWorklistApi,
  type OAuthUpstream,
  type TokenResponse,
  type TokenExchange,
} from './oauth-upstream.ts';

export interface MockOAuthServer extends OAuthUpstream {
  /** From now on, each answer is what `change` makes of it. */
  changeAnswers(change: (exchange: TokenExchange) => TokenResponse): void;
}

/** For `changeAnswers`: leaves an answer as the server made it. */
export function unchanged(exchange: TokenExchange): TokenResponse {
  return exchange;
}

/**
 * Starts oauth2-mock-server, closed when the test ends. It believes every credential, and its access tokens are
 * JWTs, which the worklist API verifies with the keys that it publishes.
 */
export async function startMockOAuthServer(): Promise<MockOAuthServer> {
  const tokenRequests: TokenExchange[] = [];
  let changed: (exchange: TokenExchange) => TokenResponse = unchanged;

  const server = new OAuth2Server(undefined, undefined, { endpoints: { token: '/connect/token' } });
  // Its signatures differ each time, so that no two tokens are the same.
  await server.issuer.keys.generate('ES256');
  server.service.on('beforeResponse', (response: MutableResponse, request: TokenRequestIncomingMessage) => {
    const form = { ...request.body };
    const { status, body } = changed({
      form,
      status: response.statusCode,
      body: { ...Object(response.body) },
    });
    tokenRequests.push({ form, status, body });
    Object.assign(response, { statusCode: status, body });
  });
  await server.start(0, '127.0.0.1');
  onTestFinished(() => server.stop());

  const url = `http://127.0.0.1:${server.address().port}`;
  const keys = createRemoteJWKSet(new URL('/jwks', url));
  const api = await startWorklistApi((accessToken) =>
    jwtVerify(accessToken, keys).then(
      () => true,
      (error: unknown) => {
        if (error instanceof errors.JOSEError) return false;
        throw error;
      },
    ),
  );

  return {
    url,
    credentials: CREDENTIALS,
    tokenRequests,
    ...api,
    changeAnswers(change) {
      changed = change;
    },
  };
}
