import { z } from 'zod';
import { MAX_TIMER_MS } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import { readJson } from '../http/get-json.ts';
import type { HttpResponse } from '../http/send.ts';
import { Secret } from '../secret.ts';
import { isHtml } from './html.ts';
import type { ServiceToken } from './service-token.ts';

/** A token response (RFC 6749, section 5.1). */
export interface TokenResponse {
  readonly kind: 'granted';
  readonly token: ServiceToken;
  /** Of this response; `undefined` where it has none. */
  readonly refreshToken: Secret | undefined;
}

/** What the request was, as far as its response leaves it unsaid. */
export interface TokenRequestFacts {
  /** Space separated. */
  readonly scope: string;
  /** When it was sent, on both clocks. */
  readonly sentAt: { readonly wallMs: number; readonly monotonicMs: number };
  /** Whether it was made with a refresh token. */
  readonly refreshes: boolean;
}

/** Visible ASCII only (RFC 6749, appendix A), so that it always fits into a header. */
const tokenText = z.string().regex(/^[\x21-\x7e]+$/);

/** Longer ones are no lifetimes, but points in time. */
const MAX_LIFETIME_S = 10 * 365 * 86_400;

/** Assumed where none is said: short, since a token that dies earlier costs only a refusal. */
const ASSUMED_LIFETIME_S = 300;

/** Some servers send a string. */
const lifetimeS = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\d{1,15}(\.\d+)?$/)
      .transform(Number),
  ])
  .pipe(z.number().min(1).max(MAX_LIFETIME_S));

/** Space separated, or a list; `undefined` where it names no scope. */
const scopes = z
  .union([z.string(), z.array(z.unknown())])
  .transform((scope) => (typeof scope === 'string' ? [scope] : scope))
  .transform((parts) => parts.flatMap((part) => (typeof part === 'string' ? scopesIn(part) : [])))
  .transform((each) => (each.length > 0 ? each : undefined));

/** Only `access_token` is needed. What is optional counts as absent where it makes no sense. */
const tokenResponse = z.object({
  access_token: tokenText,
  // Another type of token must not be used (section 7.1); one without a type is taken for what was asked.
  token_type: z
    .unknown()
    .refine((type) => typeof type !== 'string' || /^\s*(bearer)?\s*$/i.test(type))
    .optional(),
  expires_in: lifetimeS.optional().catch(undefined),
  refresh_token: tokenText.optional().catch(undefined),
  scope: scopes.optional().catch(undefined),
});

/** Reads a response with a 2xx status. Throws `UPSTREAM_BAD_RESPONSE`, which names the place but no content. */
export function readTokenResponse(response: HttpResponse, request: TokenRequestFacts): TokenResponse {
  const parsed = tokenResponse.safeParse(jsonIn(response));
  if (!parsed.success) {
    const places = [...new Set(parsed.error.issues.map((issue) => issue.path.join('.') || 'the body'))];
    throw new GatewayError(
      'UPSTREAM_BAD_RESPONSE',
      `The token response has another shape than RFC 6749 says: ${places.join(', ')}.`,
      { responseLost: true },
    );
  }
  const { access_token, refresh_token, expires_in = ASSUMED_LIFETIME_S, scope } = parsed.data;
  const { sentAt, refreshes } = request;
  // Counted from before the request was sent: the upstream's clock started no earlier. Clamped to what a
  // timer can wait for.
  const lifetimeMs = Math.min(expires_in * 1_000, MAX_TIMER_MS);
  return {
    kind: 'granted',
    refreshToken: refresh_token === undefined ? undefined : new Secret(refresh_token),
    token: {
      accessToken: new Secret(access_token),
      tokenType: 'Bearer',
      // A response without `scope` granted what was asked (section 5.1).
      scopes: scope ?? scopesIn(request.scope),
      issuedAtMs: sentAt.wallMs,
      expiresAtMs: sentAt.wallMs + lifetimeMs,
      expiresAtMonotonicMs: sentAt.monotonicMs + lifetimeMs,
      lifetimeMs,
      // A refresh that gives no new refresh token leaves the old one valid (section 6).
      refreshable: refresh_token !== undefined || refreshes,
    },
  };
}

function jsonIn(response: HttpResponse): unknown {
  try {
    return readJson(response);
  } catch (error) {
    // A page for people does not come from the token endpoint, so it has granted nothing and used up nothing.
    if (error instanceof GatewayError && isHtml(response)) throw error.with({ responseLost: false });
    throw error;
  }
}

function scopesIn(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}
