import type { HttpRequest, Policy } from '../http/send.ts';
import type { ServiceToken } from './service-token.ts';
import type { TokenProvider } from './token-provider.ts';

/**
 * Signs each request to `origin` with the service token (RFC 6750), and once more with a new token if the
 * first was refused: a token can be revoked before it expires. A second 401 is a real refusal. Throws a
 * `TypeError` for a request to any other origin, which would be a bug that leaks the token.
 */
export function withServiceToken(tokens: TokenProvider, origin: string): Policy {
  return (next) => async (request) => {
    if (request.url.origin !== origin)
      throw new TypeError(`The service token is not for ${request.url.origin}`);
    const token = await tokens.get();
    const response = await next(signed(request, token));
    if (response.status !== 401) return response;

    return next(signed(request, await tokens.replace(token)));
  };
}

function signed(request: HttpRequest, { accessToken }: ServiceToken): HttpRequest {
  return { ...request, headers: { ...request.headers, authorization: `Bearer ${accessToken.reveal()}` } };
}
