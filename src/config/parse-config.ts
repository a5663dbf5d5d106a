import type { ProxySettings } from '../proxy.ts';
import { Secret } from '../secret.ts';
import type { ServiceAccount } from '../service-account.ts';
import { ASSUMED_SHAPE, parseWorklistShape, type WorklistShape } from '../worklist-shape.ts';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import { accessOf, accessProblems, type AccessConfig } from './parse-access.ts';
import { proxiesOf, withProxyNames } from './proxy-settings.ts';
import { readDocuments } from './read-documents.ts';
import { readSecretFiles, type Environment, type ReadFile } from './read-secret-files.ts';
import { isLoopbackHost, settingsSchema, type LOG_LEVELS, type Settings } from './settings.ts';

/** What the gateway was told to do. */
export interface GatewayConfig {
  readonly host: string;
  readonly port: number;
  readonly upstream: UpstreamConfig;
  /** `undefined` where no credentials are set: the sandbox is used instead of GoSpeech. */
  readonly account: ServiceAccount | undefined;
  readonly cache: CacheConfig;
  readonly access: AccessConfig;
  readonly api: ApiConfig;
  readonly shutdown: ShutdownConfig;
  readonly log: LogConfig;
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

/** Reads every setting before it fails: throws one `ConfigError` with all problems. */
export function parseConfig(environment: Environment, { readFile, isTerminal }: ConfigDeps): GatewayConfig {
  const { env, problems: fileProblems } = readSecretFiles(environment, readFile);
  const parsed = settingsSchema.safeParse(withProxyNames(env));
  const hasAccount = ACCOUNT.some((variable) => env[variable] !== undefined);
  const documents = readDocuments(env['GATEWAY_DOCUMENTS_FILE'], readFile);
  const shape = readShape(env['GOSPEECH_SHAPE_FILE'], readFile);
  const problems = [
    ...fileProblems,
    ...(parsed.error?.issues ?? []).map(({ path, message }) => ({ variable: path.join('.'), rule: message })),
    ...(hasAccount ? accountProblems(env) : []),
    ...accessProblems(env, hasAccount),
    ...shape.problems,
    ...documents.problems,
  ];
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);

  const settings = parsed.data;
  return Object.freeze({
    host: settings.HOST,
    port: settings.PORT,
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
    account: accountOf(settings),
    cache: {
      ttlMs: settings.CACHE_TTL_MS,
      staleMs: settings.CACHE_STALE_MS,
      staleIfErrorMs: settings.CACHE_STALE_IF_ERROR_MS,
      maxBytes: settings.CACHE_MAX_BYTES,
    },
    access: accessOf(settings, hasAccount),
    api: {
      maxRequests: settings.GATEWAY_MAX_REQUESTS,
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
  });
}

/** What proxies and Kubernetes commonly need to learn that an instance goes. */
const DRAIN_MS = 5_000;

const REQUIRED_TOGETHER = ['GOSPEECH_CLIENT_ID', 'GOSPEECH_CLIENT_SECRET', 'GOSPEECH_USERNAME'];
const ACCOUNT = [...REQUIRED_TOGETHER, 'GOSPEECH_PASSWORD'];

function accountProblems(env: Environment): readonly ConfigProblem[] {
  return REQUIRED_TOGETHER.filter((variable) => env[variable] === undefined).map((variable) => ({
    variable,
    rule: `must be set where any of ${ACCOUNT.join(', ')} is`,
  }));
}

function accountOf(settings: Settings): ServiceAccount | undefined {
  const {
    GOSPEECH_CLIENT_ID: clientId,
    GOSPEECH_CLIENT_SECRET: clientSecret,
    GOSPEECH_USERNAME: username,
    GOSPEECH_PASSWORD: password,
  } = settings;
  if (clientId === undefined || clientSecret === undefined || username === undefined) return undefined;
  return {
    clientId,
    clientSecret: new Secret(clientSecret),
    username,
    password: password === undefined ? undefined : new Secret(password),
  };
}

function readShape(
  path: string | undefined,
  readFile: ReadFile,
): { readonly shape: WorklistShape; readonly problems: readonly ConfigProblem[] } {
  const variable = 'GOSPEECH_SHAPE_FILE';
  const refuse = (...rules: readonly string[]) => ({
    shape: ASSUMED_SHAPE,
    problems: rules.map((rule) => ({ variable, rule })),
  });
  if (path === undefined) return refuse();
  let text: string;
  try {
    text = readFile(path);
  } catch {
    return refuse('must name a file that can be read');
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return refuse('must name a file that holds JSON');
  }
  const parsed = parseWorklistShape(json);
  return 'shape' in parsed ? { shape: parsed.shape, problems: [] } : refuse(...parsed.problems);
}
