import { vi } from 'vitest';
import { startGatewayFor, type GatewayOverrides } from '../support/gateway-harness.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { RECORD_IDS, type OAuthUpstream } from '../support/oauth-upstream.ts';

/** When the gateway renews a token that lives for an hour, as those of both servers do: with a fifth left. */
export const RENEWAL_MS = 48 * 60_000;

export const WORKLIST = '{ worklist { records { id } } }';
export const WHOLE_WORKLIST = { data: { worklist: { records: RECORD_IDS.map((id) => ({ id })) } } };
export const TOKEN = '{ token { tokenType scopes expiresIn refreshable } }';

/** A gateway in front of `upstream` that keeps no pages, on a clock that only the test moves. */
export async function setUp(upstream: OAuthUpstream, account: GatewayOverrides['account'] = {}) {
  const { url, credentials, apiUrl, tokenRequests, worklistRequests } = upstream;
  const clock = createManualClock();
  const gateway = await startGatewayFor(url, credentials, {
    clock,
    account,
    cache: { ttlMs: 0 },
    upstream: { apiUrl },
  });
  const countOf = (eventType: string) => gateway.events.filter(({ type }) => type === eventType).length;

  return {
    clock,
    gateway,
    /** The body that a client gets. */
    query: async (query: string) => (await gateway.query(query)).body,
    /** Waits until the gateway holds its token number `count`. */
    tokensHeld: (count: number) => eventually(() => countOf('token.replaced') === count),
    /** Waits until it has given up on `count` tokens. */
    tokensMissed: (count: number) => eventually(() => countOf('token.failed') === count),
    /** Waits until the token endpoint has answered `count` requests. */
    tokensAsked: (count: number) => eventually(() => tokenRequests.length === count),
    /** Each token request, oldest first: its grant, and the status of the answer. */
    grants: () => tokenRequests.map(({ form, status }) => [form.grant_type, status]),
    /** The value of `key` in each answer to them. */
    answered: (key: string) => tokenRequests.map(({ body }) => body[key]),
    /** Each request for a page: its token, and the status of the answer. */
    pages: () => worklistRequests.map(({ accessToken, status }) => [accessToken, status]),
  };
}

/** Waits for what only sockets bring about. */
function eventually(isSo: () => boolean): Promise<unknown> {
  return vi.waitUntil(isSo, { timeout: 10_000, interval: 5 });
}
