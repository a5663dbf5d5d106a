import { GatewayError } from '../errors.ts';
import { classifyStatus } from './classify-status.ts';
import { parseJson } from './parse-json.ts';
import { parseRetryAfter } from './retry-after.ts';
import type { HttpRequest, HttpResponse, Send } from './send.ts';

export interface JsonResponse {
  /** As `parseJson` gives it: integers that a double cannot hold are strings. */
  readonly body: unknown;
  readonly headers: HttpResponse['headers'];
}

/** What is to be got, and who waits for it. */
export interface JsonRequest extends Omit<HttpRequest, 'method' | 'headers' | 'body'> {
  /** The wall clock, for `Retry-After` dates. */
  readonly now: () => number;
}

/**
 * Gets a JSON body with a 2xx status. Throws a `GatewayError`: `UPSTREAM_RATE_LIMITED` for 429, `UPSTREAM_UNAVAILABLE`
 * for 5xx and what else is of the moment, `UPSTREAM_AUTH_FAILED` for 401 and 403, `UPSTREAM_REJECTED` for another 4xx,
 * `UPSTREAM_BAD_RESPONSE` for a redirect, or a body that is not JSON in UTF-8; and whatever `send` throws.
 */
export async function getJson(send: Send, { now, ...request }: JsonRequest): Promise<JsonResponse> {
  const response = await send({ ...request, method: 'GET', headers: { accept: 'application/json' } });
  if (classifyStatus(response.status) !== 'success') throw statusError(response, now());
  return { body: readJson(response), headers: response.headers };
}

/** Decodes a body as JSON. Throws `UPSTREAM_BAD_RESPONSE`, which names the media type but no content. */
export function readJson({ body, headers }: HttpResponse): unknown {
  try {
    return parseJson(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    // The parser's own message quotes the body, so it is not even kept as the cause.
    throw new GatewayError(
      'UPSTREAM_BAD_RESPONSE',
      `GoSpeech's answer is not JSON (${mediaType(headers['content-type'])}, ${body.byteLength} bytes).`,
      { responseLost: true },
    );
  }
}

function mediaType(contentType: string | undefined): string {
  return contentType?.match(/^[\w.+-]{1,40}\/[\w.+-]{1,40}/)?.[0] ?? 'no media type';
}

/** The failure that a status other than 2xx stands for. */
export function statusError({ status, headers }: HttpResponse, nowMs: number): GatewayError {
  const retryAfterMs = parseRetryAfter(headers, nowMs);
  const statusClass = classifyStatus(status);
  if (statusClass === 'throttled') {
    return new GatewayError('UPSTREAM_RATE_LIMITED', 'GoSpeech asks for fewer requests (HTTP 429).', {
      retryAfterMs,
    });
  }
  if (statusClass === 'failure') {
    return new GatewayError('UPSTREAM_UNAVAILABLE', `GoSpeech failed to answer (HTTP ${status}).`, {
      retryAfterMs,
    });
  }
  if (status === 401 || status === 403) {
    return new GatewayError(
      'UPSTREAM_AUTH_FAILED',
      `GoSpeech refused the service account (HTTP ${status}).`,
      {
        hint:
          status === 401
            ? 'A new service token was refused too: check GOSPEECH_SCOPE and GOSPEECH_API_URL.'
            : 'The service account may not do this: check its rights at GoSpeech, and GOSPEECH_SCOPE.',
      },
    );
  }
  if (statusClass === 'refusal') {
    return new GatewayError('UPSTREAM_REJECTED', `GoSpeech refused the request (HTTP ${status}).`, {
      hint: [404, 405].includes(status)
        ? 'The API does not seem to be there: check GOSPEECH_API_URL, or GOSPEECH_BASE_URL where that is not set.'
        : undefined,
    });
  }
  return new GatewayError(
    'UPSTREAM_BAD_RESPONSE',
    `GoSpeech answered with HTTP ${status} where JSON was expected; redirects are not followed.`,
    { hint: 'Check GOSPEECH_BASE_URL, GOSPEECH_TOKEN_URL and GOSPEECH_API_URL.' },
  );
}
