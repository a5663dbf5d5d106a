import { onTestFinished } from 'vitest';
import { systemClock, type Clock } from '../../src/clock.ts';
import type { GatewayEvent } from '../../src/events.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/start-sandbox.ts';
import type { SandboxSettings } from '../../src/sandbox/settings.ts';
import { Secret } from '../../src/secret.ts';
import { createGateway, type Gateway, type GatewayOptions } from '../../src/create-gateway.ts';
import { startServer } from '../../src/server/start-server.ts';
import type { ServiceAccount } from '../../src/service-account.ts';
import { ASSUMED_SHAPE } from '../../src/worklist-shape.ts';

export interface GatewayOverrides {
  readonly upstream?: Partial<GatewayOptions['upstream']>;
  readonly account?: Partial<ServiceAccount>;
  readonly cache?: Partial<GatewayOptions['cache']>;
  readonly isSandbox?: boolean;
  readonly isFast?: boolean;
  readonly access?: Partial<GatewayOptions['access']>;
  readonly api?: Partial<GatewayOptions['api']>;
  readonly clock?: Clock;
  readonly random?: () => number;
}

export interface GraphQLResponse {
  readonly status: number;
  readonly headers: Headers;
  /** The decoded body, for `toEqual` and friends. */
  readonly body: {
    readonly data?: Readonly<Record<string, unknown>> | null;
    readonly errors?: readonly {
      readonly message: string;
      readonly path?: readonly (string | number)[];
      readonly extensions?: Readonly<Record<string, unknown>>;
    }[];
  };
}

export interface TestGateway {
  /** Where the gateway listens, for example `http://127.0.0.1:41234`. */
  readonly url: string;
  readonly gateway: Gateway;
  readonly events: readonly GatewayEvent[];
  query(
    query: string,
    variables?: Readonly<Record<string, unknown>>,
    init?: RequestInit,
  ): Promise<GraphQLResponse>;
}

/** A gateway on a real socket in front of `upstreamUrl`, closed when the test ends. It has not logged in yet. */
export async function startGatewayFor(
  upstreamUrl: string,
  credentials: { clientId: string; clientSecret: string; username: string; password: string },
  overrides: GatewayOverrides = {},
): Promise<TestGateway> {
  const events: GatewayEvent[] = [];
  const gateway = createGateway(
    {
      upstream: {
        tokenUrl: new URL('/connect/token', upstreamUrl),
        apiUrl: new URL('/api/', upstreamUrl),
        scope: 'openid offline_access email profile integrated-api',
        timeoutMs: 5_000,
        maxConnections: 16,
        maxPageSize: 100,
        shape: ASSUMED_SHAPE,
        ...overrides.upstream,
      },
      account: {
        clientId: credentials.clientId,
        clientSecret: new Secret(credentials.clientSecret),
        username: credentials.username,
        password: new Secret(credentials.password),
        ...overrides.account,
      },
      cache: {
        ttlMs: 5_000,
        staleMs: 0,
        staleIfErrorMs: 0,
        maxBytes: 64 * 1_024 * 1_024,
        ...overrides.cache,
      },
      isSandbox: overrides.isSandbox ?? true,
      isFast: overrides.isFast ?? true,
      access: {
        callers: { kind: 'none' },
        hosts: ['127.0.0.1', 'localhost'],
        corsOrigins: overrides.isSandbox === false ? [] : 'loopback',
        trustedProxies: [],
        rate: { perSecond: 1e6, burst: 1e6 },
        ...overrides.access,
      },
      api: {
        maxRequests: 2_000,
        maxStreams: 10_000,
        maxStreamsPerCaller: 100,
        livePollMs: 2_000,
        batchLimit: 0,
        introspection: true,
        graphiql: true,
        documents: undefined,
        ...overrides.api,
      },
    },
    {
      clock: overrides.clock ?? systemClock,
      random: overrides.random ?? (() => 0.5),
      report: (event) => events.push(event),
    },
  );
  const server = await startServer({
    listener: gateway.handle,
    dress: gateway.dress,
    host: '127.0.0.1',
    port: 0,
  });
  onTestFinished(async () => {
    await server.close(0);
    await gateway.close();
  });

  return {
    url: server.url,
    gateway,
    events,
    async query(query, variables, init) {
      const response = await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, ...(variables && { variables }) }),
        ...init,
      });
      return {
        status: response.status,
        headers: response.headers,
        body: (await response.json()) as GraphQLResponse['body'],
      };
    },
  };
}

/** A gateway in front of a sandbox, both on real sockets. */
export async function startGateway(
  overrides: GatewayOverrides & {
    readonly sandbox?: Partial<SandboxSettings>;
    readonly sandboxNow?: () => number;
  } = {},
): Promise<TestGateway & { readonly sandbox: Sandbox }> {
  const sandbox = await startSandbox({
    ...(overrides.sandbox && { settings: overrides.sandbox }),
    ...(overrides.sandboxNow && { now: overrides.sandboxNow }),
  });
  onTestFinished(() => sandbox.close());
  return { ...(await startGatewayFor(sandbox.url, sandbox.credentials, overrides)), sandbox };
}
