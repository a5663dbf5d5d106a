import { createTokenRequest } from './auth/request-token.ts';
import type { ServiceToken } from './auth/service-token.ts';
import { createTokenProvider } from './auth/token-provider.ts';
import { withServiceToken } from './auth/with-service-token.ts';
import type { Clock } from './clock.ts';
import type { UpstreamConfig } from './config/parse-config.ts';
import { GatewayError } from './errors.ts';
import type { Report } from './events.ts';
import { createPause } from './http/create-pause.ts';
import { createSender } from './http/create-send.ts';
import { createRetryBudget } from './http/retry-budget.ts';
import { applyPolicies, type Send } from './http/send.ts';
import { withBreaker } from './http/with-breaker.ts';
import { withBulkhead } from './http/with-bulkhead.ts';
import { withDeadline } from './http/with-deadline.ts';
import { withEvents } from './http/with-events.ts';
import { withRetry } from './http/with-retry.ts';
import { withValidation } from './http/with-validation.ts';
import { UPSTREAM_LIMITS } from './limits.ts';
import type { ServiceAccount } from './service-account.ts';

export interface UpstreamOptions {
  readonly upstream: UpstreamConfig;
  readonly account: ServiceAccount;
  /** Bounds the memory for bodies that are asked for again only if they have changed. */
  readonly maxValidationBytes: number;
  readonly clock: Clock;
  /** 0 … 1, for jitter. */
  readonly random: () => number;
  readonly report: Report;
}

/** GoSpeech, as the service account reaches it. */
export interface Upstream {
  /**
   * Sends one request to the API, signed. All endpoints share its connections, bulkhead, breaker, retry budget and
   * pause; what tells them apart is the request's `route`.
   */
  readonly send: Send;
  /** The token in use, for a caller who waits no longer than for a call. Throws what `TokenProvider.get` throws. */
  getToken(): Promise<ServiceToken>;
  /** Logs in ahead of the first request. A failure is reported, and tried again later. */
  start(): void;
  /** Closes every connection. */
  close(): Promise<void>;
}

/** Puts together what a request to GoSpeech passes. It calls nobody until it is asked to. */
export function createUpstream(options: UpstreamOptions): Upstream {
  const { upstream, account, maxValidationBytes, clock, random, report } = options;
  const { maxConnections, proxies, timeoutMs, tokenUrl, apiUrl, scope } = upstream;

  const { maxBodyBytes, maxWaitingPerConnection } = UPSTREAM_LIMITS;

  const deadline = withDeadline({ clock, timeoutMs });
  const events = withEvents({ report, clock });

  // Its own connection, so that a token can be had while pages keep all of theirs waiting for one.
  const tokenSender = createSender({ maxConnections: 1, maxBodyBytes, proxies });
  const requestToken = createTokenRequest({
    send: applyPolicies(tokenSender.send, deadline, events),
    clock,
    tokenUrl,
    account,
    scope,
  });
  const tokens = createTokenProvider({ requestToken, clock, random, report });

  const sender = createSender({ maxConnections, maxBodyBytes, proxies });
  const pause = createPause({ clock, report });
  const send = applyPolicies(
    sender.send,
    deadline,
    withRetry({ budget: createRetryBudget(clock), clock, random }),
    // On both sides of the bulkhead: who comes in the pause takes no place in it, and who had one is not sent.
    pause.keep,
    withServiceToken({ tokens, origin: apiUrl.origin, clock, report }),
    // Outside the breaker: a wait for a turn says nothing about the upstream, and a queue that waits for an
    // upstream given up meanwhile is empty at once.
    withBulkhead({
      maxRunning: maxConnections,
      maxWaiting: maxConnections * maxWaitingPerConnection,
      report,
    }),
    pause.keep,
    withBreaker({ clock, report, timeoutMs }),
    pause.learn,
    // Inside retry and signing, so that each attempt is conditional by itself; outside the events, which tell what came.
    withValidation({ maxBytes: maxValidationBytes }),
    events,
  );

  return {
    send,
    getToken: () =>
      new Promise((resolve, reject) => {
        const tooLate = new GatewayError(
          'UPSTREAM_TIMEOUT',
          `GoSpeech gave no token within ${timeoutMs} ms.`,
        );
        const callOff = clock.after(timeoutMs, () => reject(tooLate));
        // The request that all share goes on behind.
        tokens.get().then(resolve, reject).finally(callOff);
      }),
    start: () => void tokens.get().catch(() => {}),
    async close() {
      tokens.close();
      await Promise.all([sender.close(), tokenSender.close()]);
    },
  };
}
