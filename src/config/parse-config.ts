import type { ProxySettings } from '../proxy.ts';
import type { ServiceAccount } from '../service-account.ts';
import type { WorklistShape } from '../worklist-shape.ts';
import { isLoopbackHost } from '../loopback.ts';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import { accessOf, accessProblems, type AccessConfig } from './parse-access.ts';
import { accountOf, accountProblems, hasAccount, sandboxWarnings } from './parse-account.ts';
import { proxiesOf, withProxyNames } from './proxy-settings.ts';
import { readDocuments } from './read-documents.ts';
import { FROM_FILE, readEnvironment, type Environment } from './read-environment.ts';
import { readShape } from './read-shape.ts';
import type { ReadFile } from './read-text-file.ts';
import { settingsSchema, type LOG_LEVELS, type Settings } from './settings.ts';
import { unknownNames } from './unknown-names.ts';

/** What the gateway was told to do. */
export interface GatewayConfig {
  readonly host: string;
  readonly port: number;
  /** How long a client's connection that is idle is kept. */
  readonly keepAliveMs: number;
  readonly upstream: UpstreamConfig;
  /** `undefined` where the sandbox is used instead of GoSpeech. */
  readonly account: ServiceAccount | undefined;
  readonly cache: CacheConfig;
  readonly access: AccessConfig;
  readonly api: ApiConfig;
  readonly shutdown: ShutdownConfig;
  readonly log: LogConfig;
  /** What is right by the rules, and yet should be seen: for the log. */
  readonly warnings: readonly string[];
}

export interface UpstreamConfig {
  readonly tokenUrl: URL;
  /** Ends with `/`. */
  readonly apiUrl: URL;
  /** Space separated. */
  readonly scope: string;
  /** One deadline over everything that a request to the upstream does. */
  readonly timeoutMs: number;
  readonly maxConnections: number;
  /** The most records in one page. */
  readonly maxPageSize: number;
  readonly shape: WorklistShape;
  /** `undefined` where everything is reached directly. */
  readonly proxies?: ProxySettings | undefined;
}

export interface CacheConfig {
  /** How long a page is fresh. */
  readonly ttlMs: number;
  /** After that: how long it is served while it is fetched again. */
  readonly staleMs: number;
  /** After `ttlMs`: how long it is served where fetching it again fails. */
  readonly staleIfErrorMs: number;
  readonly maxBytes: number;
}

/** What clients may ask of the API, and how much. */
export interface ApiConfig {
  /** The most requests from clients at once. */
  readonly maxRequests: number;
  /** The most streams of results at once, and those of one caller. */
  readonly maxStreams: number;
  readonly maxStreamsPerCaller: number;
  /** The pause between two looks at a page that is watched, while records are in motion. */
  readonly livePollMs: number;
  /** The most operations in one request; 0 for a single one, not in an array. */
  readonly batchLimit: number;
  readonly introspection: boolean;
  readonly graphiql: boolean;
  /** The only documents that run, by their SHA-256; `undefined` for any. */
  readonly documents: ReadonlyMap<string, string> | undefined;
}

export interface ShutdownConfig {
  /** How long a gateway that is not ready any more still takes new requests after SIGTERM. */
  readonly drainMs: number;
  /** After that: how long requests in flight may go on. */
  readonly graceMs: number;
}

export interface LogConfig {
  readonly level: (typeof LOG_LEVELS)[number];
  readonly format: 'json' | 'pretty';
}

export interface ConfigDeps {
  readonly readFile: ReadFile;
  /** Whether the log goes to a terminal, where people read it. */
  readonly isTerminal: boolean;
}

/**
 * Reads every setting, from `environment` and from `.env`, before it fails: throws one `ConfigError` with all problems.
 */
export function parseConfig(environment: Environment, { readFile, isTerminal }: ConfigDeps): GatewayConfig {
  const { env, names, given, problems: fileProblems, warnings } = readEnvironment(environment, readFile);
  const { settings, broken, problems: ownProblems } = parseSettings(withProxyNames(env));
  const unknown = unknownNames(names, NAMES);
  const shape = readShape(settings.GOSPEECH_SHAPE_FILE, readFile);
  const documents = readDocuments(settings.GATEWAY_DOCUMENTS_FILE, readFile);
  const problems = [
    ...fileProblems,
    ...ownProblems,
    ...accountProblems({ settings, env, names, given, broken, unknown }),
    ...accessProblems(settings, given, broken),
    ...shape.problems,
    ...documents.problems,
  ];
  const mistakes = [
    ...warnings,
    ...unknown.map(({ name, nearest }) => `${name} is no setting. The nearest one is ${nearest}.`),
  ];
  if (problems.length > 0) throw new ConfigError(problems, mistakes);

  const account = accountOf(settings);
  return Object.freeze({
    host: settings.HOST,
    port: settings.PORT,
    keepAliveMs: settings.KEEP_ALIVE_MS,
    upstream: {
      tokenUrl: settings.GOSPEECH_TOKEN_URL ?? new URL('connect/token', settings.GOSPEECH_BASE_URL),
      apiUrl: settings.GOSPEECH_API_URL ?? new URL('api/', settings.GOSPEECH_BASE_URL),
      scope: settings.GOSPEECH_SCOPE,
      timeoutMs: settings.GOSPEECH_TIMEOUT_MS,
      maxConnections: settings.GOSPEECH_MAX_CONNECTIONS,
      maxPageSize: settings.GOSPEECH_MAX_PAGE_SIZE,
      shape: shape.shape,
      proxies: proxiesOf(settings),
    },
    account,
    cache: {
      ttlMs: settings.CACHE_TTL_MS,
      staleMs: settings.CACHE_STALE_MS,
      staleIfErrorMs: settings.CACHE_STALE_IF_ERROR_MS,
      maxBytes: settings.CACHE_MAX_BYTES,
    },
    access: accessOf(settings, hasAccount(given)),
    api: {
      maxRequests: settings.GATEWAY_MAX_REQUESTS,
      maxStreams: settings.GATEWAY_MAX_STREAMS,
      maxStreamsPerCaller: settings.GATEWAY_MAX_STREAMS_PER_CALLER,
      livePollMs: settings.GATEWAY_LIVE_POLL_MS,
      batchLimit: settings.GATEWAY_BATCH_LIMIT,
      introspection: settings.GATEWAY_INTROSPECTION === 'on',
      graphiql: (settings.GATEWAY_GRAPHIQL ?? (isLoopbackHost(settings.HOST) ? 'on' : 'off')) === 'on',
      documents: documents.documents,
    },
    shutdown: {
      drainMs: settings.SHUTDOWN_DRAIN_MS ?? (isLoopbackHost(settings.HOST) ? 0 : DRAIN_MS),
      graceMs: settings.SHUTDOWN_GRACE_MS,
    },
    log: { level: settings.LOG_LEVEL, format: settings.LOG_FORMAT ?? (isTerminal ? 'pretty' : 'json') },
    warnings: [...mistakes, ...sandboxWarnings(account, settings)],
  });
}

/** What proxies and Kubernetes commonly need to learn that an instance goes. */
const DRAIN_MS = 5_000;

/** Every name that means something to the gateway. */
const NAMES = [...Object.keys(settingsSchema.shape), ...FROM_FILE.map((name) => `${name}_FILE`)];

/** Each setting by its own rule; those that break it are named, and have their defaults. */
function parseSettings(env: Environment): {
  readonly settings: Settings;
  readonly broken: ReadonlySet<string>;
  readonly problems: readonly ConfigProblem[];
} {
  const { data, error } = settingsSchema.safeParse(env);
  const problems = (error?.issues ?? []).map(({ path, message }) => ({
    variable: path.join('.'),
    rule: message,
  }));
  const broken = new Set(problems.map(({ variable }) => variable));
  const unbroken = Object.entries(env).filter(([name]) => !broken.has(name));
  return { settings: data ?? settingsSchema.parse(Object.fromEntries(unbroken)), broken, problems };
}
