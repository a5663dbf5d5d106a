import { z } from 'zod';
import { GatewayError } from '../errors.ts';
import { classifyStatus } from '../http/classify-status.ts';
import { readJson, statusError } from '../http/get-json.ts';
import type { HttpResponse } from '../http/send.ts';
import { parseRetryAfter } from '../http/retry-after.ts';
import type { ServiceAccount } from '../service-account.ts';

/** A token request that gave no token, though the token endpoint was there. */
export type TokenError =
  | {
      readonly kind: 'refused';
      /** Whether the client itself was refused, so that another grant would be too. */
      readonly clientRefused: boolean;
      readonly error: GatewayError;
    }
  /** A status that refuses, but not in the words of RFC 6749: a proxy's page, or a refusal in words of its own. */
  | { readonly kind: 'unclear'; readonly error: GatewayError };

/**
 * All errors of RFC 6749, section 5.2. Some speak of the credentials, the others of what the operator has set
 * (`invalid_request`: GOSPEECH_PASSWORD is missing; `invalid_scope`: GOSPEECH_SCOPE). None heals by itself, and
 * the same request, repeated often, may lock the account. The last is GoSpeech's own word for a wrong password.
 */
const refusal = z.object({
  error: z.enum([
    'invalid_request',
    'invalid_client',
    'invalid_grant',
    'unauthorized_client',
    'unsupported_grant_type',
    'invalid_scope',
    'invalid_username_or_password',
  ]),
  // Free text, which might repeat a credential, so one is known.
  error_description: z.literal('invalid_username_or_password').optional().catch(undefined),
});

/** What a server says of itself, with whatever status (RFC 6749, section 4.1.2.1). */
const failure = z.object({ error: z.enum(['server_error', 'temporarily_unavailable']) });

/** A body that says what failed, in whatever words, and grants nothing. */
const complaint = z.object({ error: z.string(), access_token: z.null().optional() });

/** Whether a response with a 2xx status says that it is none of a success. */
export function saysError(response: HttpResponse): boolean {
  return complaint.safeParse(bodyOf(response)).success;
}

/** The refusal that the body stands for; `undefined` where it is none of RFC 6749, section 5.2. */
export function refusalIn(response: HttpResponse, account: ServiceAccount): TokenError | undefined {
  const { data } = refusal.safeParse(bodyOf(response));
  if (data === undefined) return undefined;
  const { error, error_description: description } = data;
  const said = [`HTTP ${response.status}`, error, description].filter(Boolean).join(', ');
  const hints = [
    account.password === undefined && 'GOSPEECH_PASSWORD is not set, and most token endpoints require it',
    error === 'invalid_scope' && 'check GOSPEECH_SCOPE',
    'check GOSPEECH_CLIENT_ID, GOSPEECH_CLIENT_SECRET, GOSPEECH_USERNAME and GOSPEECH_PASSWORD',
    'check that the account is a Developer account, the only kind this grant works for',
  ];
  return {
    kind: 'refused',
    clientRefused: error === 'invalid_client',
    error: new GatewayError(
      'UPSTREAM_AUTH_FAILED',
      'GoSpeech refused the credentials of the service account.',
      {
        hint: `The token endpoint answered ${said}. In this order: ${hints.filter(Boolean).join('; ')}.`,
      },
    ),
  };
}

/**
 * What a status other than 2xx stands for. Throws a `GatewayError` where it says nothing about the credentials:
 * `UPSTREAM_RATE_LIMITED` for 429, `UPSTREAM_BAD_RESPONSE` for a redirect, else `UPSTREAM_UNAVAILABLE`.
 */
export function tokenErrorOf(response: HttpResponse, account: ServiceAccount, nowMs: number): TokenError {
  const { status } = response;
  if (status < 400 || status >= 500 || status === 429) throw statusError(response, nowMs);
  const refused = classifyStatus(status) === 'failure' ? undefined : refusalIn(response, account);
  return refused ?? otherErrorOf(response, nowMs);
}

/**
 * What it stands for that the token endpoint gave no token and no refusal in the words of RFC 6749. Throws
 * `UPSTREAM_UNAVAILABLE` where it says nothing about the credentials.
 */
export function otherErrorOf(response: HttpResponse, nowMs: number): TokenError {
  const { status, headers } = response;
  // Not the credentials, so pages that are kept may be served, and the caller may come again.
  const error = new GatewayError(
    'UPSTREAM_UNAVAILABLE',
    `GoSpeech's token endpoint failed to answer (HTTP ${status}).`,
    {
      retryAfterMs: parseRetryAfter(headers, nowMs),
      mayRetryAtOnce: false,
      hint: 'This is not how a token endpoint refuses: if it lasts, check GOSPEECH_TOKEN_URL, and what stands between.',
    },
  );
  if (MAY_REFUSE.has(status) && !failure.safeParse(bodyOf(response)).success)
    return { kind: 'unclear', error };
  throw error;
}

/** The statuses with which a token endpoint refuses (RFC 6749, section 5.2), and the one with which some do. */
const MAY_REFUSE = new Set([200, 400, 401]);

function bodyOf(response: HttpResponse): unknown {
  try {
    return readJson(response);
  } catch {
    return undefined;
  }
}
