import type { RequestListener } from 'node:http';
import { createTokenRequest } from './auth/request-token.ts';
import type { ServiceToken } from './auth/service-token.ts';
import { createTokenProvider } from './auth/token-provider.ts';
import { withServiceToken } from './auth/with-service-token.ts';
import type { Clock } from './clock.ts';
import type { AccessConfig } from './config/parse-access.ts';
import type { ApiConfig, CacheConfig, UpstreamConfig } from './config/parse-config.ts';
import { createFetchPage } from './datasources/fetch-page.ts';
import { createPageReader } from './datasources/page-reader.ts';
import { createWindowFetcher } from './datasources/window-fetcher.ts';
import { createWindowStore } from './datasources/window-store.ts';
import { createWorklistAdapter } from './datasources/wire/worklist-adapter.ts';
import { createWorklistLoader } from './datasources/worklist-loader.ts';
import { GatewayError } from './errors.ts';
import { reportTo, type Report } from './events.ts';
import { createPause } from './http/create-pause.ts';
import { createSender } from './http/create-send.ts';
import { applyPolicies } from './http/send.ts';
import { createRetryBudget } from './http/retry-budget.ts';
import { withBreaker } from './http/with-breaker.ts';
import { withDeadline } from './http/with-deadline.ts';
import { withEvents } from './http/with-events.ts';
import { withQueue } from './http/with-queue.ts';
import { withRetry } from './http/with-retry.ts';
import { withValidation } from './http/with-validation.ts';
import type { ServiceAccount } from './service-account.ts';
import { createApi } from './create-api.ts';
import { createReadiness } from './server/readiness.ts';

export interface GatewayOptions {
  readonly upstream: UpstreamConfig;
  readonly account: ServiceAccount;
  readonly cache: CacheConfig;
  readonly access: AccessConfig;
  readonly api: ApiConfig;
  /** Whether the upstream is the sandbox, whose token and records are nobody's secret. */
  readonly isSandbox: boolean;
}

export interface GatewayDeps {
  readonly clock: Clock;
  /** 0 … 1, for jitter. */
  readonly random: () => number;
  readonly report: Report;
}

/** The largest body that is read from the upstream: far above any page, far below what would hurt. */
const MAX_BODY_BYTES = 8 * 1_024 * 1_024;

/** For answers whose pages are asked for again only if they have changed: some hundred of the usual size. */
const MAX_VALIDATION_BYTES = 16 * 1_024 * 1_024;

/** How many requests may wait for each connection: about as many as it can serve before their deadline. */
const QUEUE_PER_CONNECTION = 16;

export interface Gateway {
  /** Answers a request: GraphQL at `/graphql`, `/livez`, `/readyz`. */
  readonly handle: RequestListener;
  /** Logs in ahead of the first request. A failure is reported, and tried again later. */
  start(): void;
  /** Says `not ready` from now on. */
  drain(): void;
  /** Closes every connection to the upstream. */
  close(): Promise<void>;
}

/** Puts the gateway together, in the order in which data flows. It calls nobody until it is asked to. */
export function createGateway(options: GatewayOptions, { clock, random, ...deps }: GatewayDeps): Gateway {
  const { upstream, account, cache } = options;
  const { maxConnections, maxPageSize, proxies } = upstream;

  const readiness = createReadiness(clock);
  const report = reportTo(readiness.note, deps.report);

  const sender = createSender({ maxConnections, maxBodyBytes: MAX_BODY_BYTES, proxies });
  // Its own connection, so that a token can be had while pages keep all of theirs waiting for one.
  const tokenSender = createSender({ maxConnections: 1, maxBodyBytes: MAX_BODY_BYTES, proxies });
  const deadline = withDeadline({ clock, timeoutMs: upstream.timeoutMs });

  const requestToken = createTokenRequest({
    send: applyPolicies(tokenSender.send, deadline, withEvents({ route: 'token', report, clock })),
    clock,
    tokenUrl: upstream.tokenUrl,
    account,
    scope: upstream.scope,
  });
  const tokens = createTokenProvider({ requestToken, clock, random, report });

  /** For one caller, who waits no longer than for a call; the request that all share goes on behind. */
  function getToken(): Promise<ServiceToken> {
    return new Promise((resolve, reject) => {
      const callOff = clock.after(upstream.timeoutMs, () =>
        reject(
          new GatewayError('UPSTREAM_TIMEOUT', `GoSpeech gave no token within ${upstream.timeoutMs} ms.`),
        ),
      );
      tokens.get().then(resolve, reject).finally(callOff);
    });
  }

  const pause = createPause({ clock, report });
  const fetchPage = createFetchPage({
    send: applyPolicies(
      sender.send,
      deadline,
      withRetry({ budget: createRetryBudget(clock), clock, random }),
      // On both sides of the queue: who comes in the pause takes no place in it, and who had one is not sent.
      pause.keep,
      withServiceToken({ tokens, origin: upstream.apiUrl.origin, clock, report }),
      // Outside the breaker: a wait for a turn says nothing about the upstream, and a queue that waits for an
      // upstream given up meanwhile is empty at once.
      withQueue({ maxRunning: maxConnections, maxWaiting: maxConnections * QUEUE_PER_CONNECTION, report }),
      pause.keep,
      withBreaker({ clock, report, timeoutMs: upstream.timeoutMs }),
      pause.learn,
      // Inside retry and signing, so that each attempt is conditional by itself; outside the events, which tell what came.
      withValidation({ maxBytes: Math.min(cache.maxBytes, MAX_VALIDATION_BYTES) }),
      withEvents({ route: 'records/worklist', report, clock }),
    ),
    apiUrl: upstream.apiUrl,
    adapter: createWorklistAdapter({
      shape: upstream.shape,
      onUnexpectedType: (place, found) => report({ type: 'upstream.unexpected_type', place, found }),
    }),
    clock,
  });
  const pages = createPageReader({
    store: createWindowStore({
      clock,
      lifetimes: {
        ttlMs: cache.ttlMs,
        staleWhileRevalidateMs: cache.staleMs,
        staleIfErrorMs: cache.staleIfErrorMs,
      },
      maxBytes: cache.maxBytes,
      maxPageSize,
    }),
    fetcher: createWindowFetcher({ fetchPage, clock, report, maxPageSize }),
    clock,
    report,
    timeoutMs: upstream.timeoutMs,
    maxPageSize,
  });

  const client = createApi({
    access: options.access,
    api: options.api,
    maxPageSize,
    isSandbox: options.isSandbox,
    clock,
    report,
    readiness,
    proxies,
    contextOf: (request, { name, permissions }) => ({
      worklist: createWorklistLoader(pages, request.signal),
      serviceToken: getToken,
      permissions,
      reveal({ accessToken }) {
        report({ type: 'token.revealed', caller: name ?? 'anonymous' });
        return accessToken.reveal();
      },
      maxPageSize,
      clock,
      answer: { freshForMs: Infinity },
    }),
  });

  return {
    handle: client.handle,
    start: () => void tokens.get().catch(() => {}),
    drain: () => readiness.drain(),
    async close(): Promise<void> {
      tokens.close();
      await Promise.all([sender.close(), tokenSender.close(), client.close()]);
    },
  };
}
