import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Clock } from './clock.ts';
import type { AccessConfig } from './config/parse-access.ts';
import type { ApiConfig, CacheConfig, UpstreamConfig } from './config/parse-config.ts';
import { createFetchPage } from './datasources/fetch-page.ts';
import { createLivePages } from './datasources/live-pages.ts';
import { createPageReader } from './datasources/page-reader.ts';
import { createWindowFetcher } from './datasources/window-fetcher.ts';
import { createWindowStore } from './datasources/window-store.ts';
import { summarizeMapping } from './datasources/wire/mapping-summary.ts';
import { createWorklistAdapter } from './datasources/wire/worklist-adapter.ts';
import { createWorklistLoader } from './datasources/worklist-loader.ts';
import { reportTo, type Report } from './events.ts';
import { MEMORY_LIMITS, UPSTREAM_LIMITS } from './limits.ts';
import type { ServiceAccount } from './service-account.ts';
import { createApi } from './create-api.ts';
import { createUpstream } from './create-upstream.ts';
import { createReadiness } from './server/readiness.ts';

export interface GatewayOptions {
  readonly upstream: UpstreamConfig;
  readonly account: ServiceAccount;
  readonly cache: CacheConfig;
  readonly access: AccessConfig;
  readonly api: ApiConfig;
  /** Whether the upstream is the sandbox, whose token and records are nobody's secret. */
  readonly isSandbox: boolean;
  /** `false` has yoga's HTTP handler answer every request anew: what the faster ways are compared with. */
  readonly isFast?: boolean;
}

export interface GatewayDeps {
  readonly clock: Clock;
  /** 0 … 1, for jitter. */
  readonly random: () => number;
  readonly report: Report;
}

export interface Gateway {
  /** Answers a request: GraphQL at `/graphql`, `/livez`, `/readyz`. */
  readonly handle: RequestListener;
  /** Gives a response the headers that all have, before a request that is broken is answered. */
  readonly dress: (request: IncomingMessage, response: ServerResponse) => void;
  /** Logs in ahead of the first request. A failure is reported, and tried again later. */
  start(): void;
  /** Says `not ready` from now on. */
  drain(): void;
  /** Ends all streams, and takes no more. */
  endStreams(): void;
  /** Closes every connection to the upstream. */
  close(): Promise<void>;
}

/** Puts the gateway together, in the order in which data flows. It calls nobody until it is asked to. */
export function createGateway(options: GatewayOptions, { clock, random, ...deps }: GatewayDeps): Gateway {
  const { upstream, account, cache, isFast = true } = options;
  const { maxPageSize, proxies } = upstream;

  const readiness = createReadiness(clock);
  const report = reportTo(readiness.note, deps.report);

  const gospeech = createUpstream({
    upstream,
    account,
    maxValidationBytes: Math.min(cache.maxBytes, MEMORY_LIMITS.maxValidationBytes),
    clock,
    random,
    report,
  });
  const fetchPage = createFetchPage({
    send: gospeech.send,
    apiUrl: upstream.apiUrl,
    adapter: createWorklistAdapter({
      shape: upstream.shape,
      onUnexpectedType: (place, found) => report({ type: 'upstream.unexpected_type', place, found }),
      onFirstPage: (mapping) => report({ type: 'worklist.understood', ...summarizeMapping(mapping) }),
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
    maxRunning: upstream.maxConnections,
    maxWaiting: upstream.maxConnections * UPSTREAM_LIMITS.maxWaitingPerConnection,
    soon: (callback) => void setImmediate(callback),
  });

  const livePages = createLivePages({ pages, clock, pollMs: options.api.livePollMs });

  const client = createApi({
    access: options.access,
    api: options.api,
    maxPageSize,
    isSandbox: options.isSandbox,
    clock,
    report,
    readiness,
    proxies,
    isFast,
    maxResponseBytes: cache.maxBytes,
    lookAgain: livePages.lookAgain,
    contextOf: ({ caller: { name, permissions }, demands, lifetime, signalOf }) => ({
      worklist: createWorklistLoader(pages, { signalOf, demands }),
      livePages,
      serviceToken: gospeech.getToken,
      permissions,
      reveal({ accessToken }) {
        report({ type: 'token.revealed', caller: name ?? 'anonymous' });
        return accessToken.reveal();
      },
      maxPageSize,
      clock,
      lifetime,
    }),
  });

  return {
    handle: client.handle,
    dress: client.dress,
    start: gospeech.start,
    drain: () => readiness.drain(),
    endStreams: client.endStreams,
    async close(): Promise<void> {
      await Promise.all([gospeech.close(), client.close()]);
    },
  };
}
