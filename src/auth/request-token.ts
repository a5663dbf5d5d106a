import { z } from 'zod';
import { MAX_TIMER_MS, type Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import { readJson, statusError } from '../http/get-json.ts';
import type { HttpResponse, Send } from '../http/send.ts';
import { Secret } from '../secret.ts';
import type { ServiceAccount } from '../service-account.ts';
import type { ServiceToken } from './service-token.ts';

/** The grants of RFC 6749 that the gateway uses, sections 4.3 and 6. */
export type Grant =
  { readonly type: 'password' } | { readonly type: 'refresh_token'; readonly refreshToken: Secret };

export type TokenAnswer =
  | { readonly kind: 'granted'; readonly token: ServiceToken; readonly refreshToken: Secret | undefined }
  | {
      readonly kind: 'refused';
      /** Whether the client itself was refused, so that another grant would be too. */
      readonly clientRefused: boolean;
      readonly error: GatewayError;
    };

/**
 * Asks the token endpoint once. What it granted or refused is returned; a failure that says nothing about the
 * credentials is thrown as a `GatewayError` (`UPSTREAM_TIMEOUT`, `UPSTREAM_UNAVAILABLE`,
 * `UPSTREAM_RATE_LIMITED`, `UPSTREAM_BAD_RESPONSE`).
 */
export type RequestToken = (grant: Grant) => Promise<TokenAnswer>;

export interface TokenRequestOptions {
  readonly send: Send;
  readonly clock: Clock;
  readonly tokenUrl: URL;
  readonly account: ServiceAccount;
  /** Space separated. */
  readonly scope: string;
}

export function createTokenRequest(options: TokenRequestOptions): RequestToken {
  const { send, clock, tokenUrl, account, scope } = options;

  async function ask(grant: Grant): Promise<TokenAnswer> {
    const sentAt = { wallMs: clock.now(), monotonicMs: clock.monotonicMs() };
    const response = await send({
      method: 'POST',
      url: tokenUrl,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: formOf(grant, account, scope).toString(),
    });
    const { status } = response;
    if (status === 200) return granted(response, grant, scope, sentAt);
    if (status >= 400 && status < 500 && status !== 408 && status !== 429) return refused(response, account);
    throw statusError(response, clock.now());
  }

  return async (grant) => {
    try {
      return await ask(grant);
    } catch (error) {
      // The token's provider has its own pace: a request that waits for the token is not repeated for it.
      throw error instanceof GatewayError ? error.with({ repeatable: false }) : error;
    }
  };
}

function formOf(grant: Grant, account: ServiceAccount, scope: string): URLSearchParams {
  const form = new URLSearchParams({
    grant_type: grant.type,
    client_id: account.clientId,
    client_secret: account.clientSecret.reveal(),
  });
  if (grant.type === 'refresh_token') {
    form.set('refresh_token', grant.refreshToken.reveal());
  } else {
    form.set('username', account.username);
    if (account.password !== undefined) form.set('password', account.password.reveal());
    form.set('scope', scope);
  }
  return form;
}

/** Visible ASCII only (RFC 6749, appendix A), so that it always fits into a header. */
const tokenText = z.string().regex(/^[\x21-\x7e]+$/);

/** RFC 6749, section 5.1. Some servers send `expires_in` as a string. */
const tokenBody = z.object({
  access_token: tokenText,
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z
    .union([
      z.number(),
      z
        .string()
        .regex(/^\d{1,15}$/)
        .transform(Number),
    ])
    .pipe(z.number().positive())
    .nullish(),
  refresh_token: tokenText.nullish(),
  scope: z.string().nullish(),
});

/** Assumed where the answer has no `expires_in`: short, since a token that dies earlier costs only a 401. */
const ASSUMED_LIFETIME_S = 300;

function granted(
  response: HttpResponse,
  grant: Grant,
  scope: string,
  sentAt: { readonly wallMs: number; readonly monotonicMs: number },
): TokenAnswer {
  const parsed = tokenBody.safeParse(readJson(response));
  if (!parsed.success) {
    const places = [...new Set(parsed.error.issues.map((issue) => issue.path.join('.') || 'the body'))];
    throw new GatewayError(
      'UPSTREAM_BAD_RESPONSE',
      `The token endpoint's answer has another shape than RFC 6749 says: ${places.join(', ')}.`,
      { answerLost: true },
    );
  }
  const body = parsed.data;
  // Counted from before the request was sent: the upstream's clock started no earlier. Clamped to what a
  // timer can wait for, which no real lifetime reaches.
  const lifetimeMs = Math.min((body.expires_in ?? ASSUMED_LIFETIME_S) * 1_000, MAX_TIMER_MS);
  // A refresh that gives no new refresh token leaves the old one valid (RFC 6749, section 6).
  const kept = grant.type === 'refresh_token' ? grant.refreshToken : undefined;
  const refreshToken = body.refresh_token ? new Secret(body.refresh_token) : kept;
  return {
    kind: 'granted',
    refreshToken,
    token: {
      accessToken: new Secret(body.access_token),
      tokenType: 'Bearer',
      // An answer without `scope` granted what was asked (RFC 6749, section 5.1).
      scopes: (body.scope ?? scope).split(' ').filter(Boolean),
      issuedAtMs: sentAt.wallMs,
      expiresAtMs: sentAt.wallMs + lifetimeMs,
      expiresAtMonotonicMs: sentAt.monotonicMs + lifetimeMs,
      lifetimeMs,
      refreshable: refreshToken !== undefined,
    },
  };
}

/** RFC 6749, section 5.2. The description is free text, which might repeat a credential, so one is known. */
const errorBody = z.object({
  error: z.enum([
    'invalid_request',
    'invalid_client',
    'invalid_grant',
    'unauthorized_client',
    'unsupported_grant_type',
    'invalid_scope',
  ]),
  error_description: z.literal('invalid_username_or_password').optional().catch(undefined),
});

function refused(response: HttpResponse, account: ServiceAccount): TokenAnswer {
  const { error, error_description: description } = oauthErrorOf(response);
  const said = [`HTTP ${response.status}`, error, description].filter(Boolean).join(', ');
  const hints = [
    account.password === undefined && 'GOSPEECH_PASSWORD is not set, and most token endpoints require it',
    error === 'invalid_scope' && 'check GOSPEECH_SCOPE',
    error === undefined && 'check GOSPEECH_TOKEN_URL, since this is not how a token endpoint refuses',
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

function oauthErrorOf(response: HttpResponse): Partial<z.infer<typeof errorBody>> {
  try {
    return errorBody.safeParse(readJson(response)).data ?? {};
  } catch {
    return {};
  }
}
