import { z } from 'zod';
import { readJson } from '../http/get-json.ts';
import type { HttpResponse } from '../http/send.ts';
import { isHtml } from './html.ts';

/**
 * How a response says that the access token was not accepted. `said`: by 401, or `invalid_token` (RFC 6750,
 * section 3.1) with another 4xx. `shown`: as servers do it whose API stands behind a login page, by a redirect
 * or the page itself, which may as well be something else.
 */
export type RefusalSign = 'said' | 'shown';

/** The sign in a response to a GET for JSON; `undefined` where there is none. */
export function refusalSignIn(response: HttpResponse): RefusalSign | undefined {
  const { status, headers } = response;
  if (status === 401) return 'said';
  if (status >= 400 && status < 500) return saysInvalidToken(response) ? 'said' : undefined;
  if (LOGIN_REDIRECTS.has(status)) return headers['location'] === undefined ? undefined : 'shown';
  return status === 200 && isHtml(response) ? 'shown' : undefined;
}

/** The redirects that are not for ever, and lead to something to be got. */
const LOGIN_REDIRECTS = new Set([302, 303, 307]);

const invalidToken = z.object({ error: z.literal('invalid_token') });

function saysInvalidToken(response: HttpResponse): boolean {
  if (/\berror\s*=\s*"?invalid_token\b/i.test(response.headers['www-authenticate'] ?? '')) return true;
  try {
    return invalidToken.safeParse(readJson(response)).success;
  } catch {
    return false;
  }
}
