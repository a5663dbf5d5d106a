import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { Report } from '../events.ts';
import type { HttpRequest, HttpResponse, Policy, Send } from '../http/send.ts';
import { refusalSignIn, type RefusalSign } from './refusal-sign.ts';
import type { ServiceToken } from './service-token.ts';
import type { TokenProvider } from './token-provider.ts';
import { createTokenRefusals, type SignedRequest } from './token-refusals.ts';

export interface ServiceTokenOptions {
  readonly tokens: TokenProvider;
  /** The only one that is sent the token. */
  readonly origin: string;
  readonly clock: Clock;
  readonly report: Report;
}

/** A signed request that was answered. */
interface Exchange extends SignedRequest {
  readonly response: HttpResponse;
  readonly sign: RefusalSign | undefined;
}

/**
 * Signs each request to `origin` with the service token (RFC 6750), and once more with a new token if the first
 * was refused, since a token can end before its time; `createTokenRefusals` says when that is of use. Throws
 * `UPSTREAM_AUTH_FAILED` for a 401 while new tokens are refused, what `tokens` throws where there is no other
 * token, and a `TypeError` for a request to any other origin, which would be a bug that leaks the token.
 */
export function withServiceToken({ tokens, origin, clock, report }: ServiceTokenOptions): Policy {
  const refusals = createTokenRefusals({ clock, report });

  async function exchange(send: Send, request: HttpRequest, token: ServiceToken): Promise<Exchange> {
    const sentAtMs = clock.monotonicMs();
    const response = await send(signed(request, token));
    const sign = refusalSignIn(response);
    const result = { token, url: request.url, sentAtMs, response, sign };
    if (sign === undefined && isSuccess(response) && tokens.isCurrent(token)) refusals.accepted(result);
    return result;
  }

  /** The token to repeat a refused request with; `undefined` where that is of no use. */
  async function replacementAfter(refused: Exchange, sign: RefusalSign): Promise<ServiceToken | undefined> {
    const { token } = refused;
    // A refusal of a token that was replaced meanwhile says nothing about the new one.
    if (tokens.isCurrent(token) && !refusals.mayReplace(refused, sign)) return undefined;
    try {
      return await tokens.replace(token);
    } catch (error) {
      if (sign === 'shown') return undefined;
      throw error;
    }
  }

  /** What the caller gets of a refusal that stays. */
  function final({ response }: Exchange): HttpResponse {
    const pauseMs = refusals.pauseMs();
    if (response.status !== 401 || pauseMs === 0) return response;
    throw new GatewayError('UPSTREAM_AUTH_FAILED', 'GoSpeech refused the service account (HTTP 401).', {
      retryAfterMs: Math.ceil(pauseMs),
      hint: 'A new service token was refused too: check GOSPEECH_SCOPE and GOSPEECH_API_URL.',
    });
  }

  return (next) => async (request) => {
    if (request.url.origin !== origin)
      throw new TypeError(`The service token is not for ${request.url.origin}`);
    const first = await exchange(next, request, await tokens.get());
    if (first.sign === undefined) return first.response;
    const replacement = await replacementAfter(first, first.sign);
    if (replacement === undefined) return final(first);

    const second = await exchange(next, request, replacement);
    if (second.sign === undefined) return second.response;
    if (tokens.isCurrent(replacement)) refusals.refusedAgain(second, second.sign);
    return final(second);
  };
}

function signed(request: HttpRequest, { accessToken }: ServiceToken): HttpRequest {
  return { ...request, headers: { ...request.headers, authorization: `Bearer ${accessToken.reveal()}` } };
}

/** Anything else may be the response of somebody who did not look at the token. */
function isSuccess({ status }: HttpResponse): boolean {
  return (status >= 200 && status < 300) || status === 304;
}
