import type { AddressRange } from '../address-range.ts';
import type { ApiKey } from '../api-key.ts';
import type { PermissionMap } from '../permissions.ts';
import type { ConfigProblem } from './config-error.ts';
import type { Environment } from './read-secret-files.ts';
import { isLoopbackHost, type Settings } from './settings.ts';

/** Who may call, and from where. */
export interface AccessConfig {
  readonly callers: CallersConfig;
  /** Accepted `Host` headers; `undefined` for any. */
  readonly hosts: readonly string[] | undefined;
  /** Origins of pages that may use the gateway. */
  readonly corsOrigins: readonly string[] | 'loopback';
  /** Whose word counts about where a request comes from. */
  readonly trustedProxies: readonly AddressRange[];
  readonly rate: { readonly perSecond: number; readonly burst: number };
}

export type CallersConfig =
  | { readonly kind: 'none' }
  | { readonly kind: 'api-key'; readonly keys: readonly ApiKey[] }
  | {
      readonly kind: 'jwt';
      readonly jwksUrl: URL;
      readonly issuer: string;
      readonly audience: string;
      /** The claim that names what a caller may do. */
      readonly claim: string;
      /** What its words permit; `undefined` where they are the permissions themselves. */
      readonly permissions: PermissionMap | undefined;
    };

/** Breaches of the rules between settings, read from their texts so that they come with all other problems. */
export function accessProblems(env: Environment, hasAccount: boolean): readonly ConfigProblem[] {
  const auth = env['GATEWAY_AUTH'];
  const isPublic = hasAccount && !isLoopbackHost(env['HOST'] ?? '127.0.0.1');
  const problems: ConfigProblem[] = [];
  const where = 'where the service account is set and HOST is not a loopback address';
  if (isPublic && auth === undefined) {
    problems.push({ variable: 'GATEWAY_AUTH', rule: `must be api-key or jwt ${where}` });
  }
  if (isPublic && auth === 'none' && env['GATEWAY_ALLOW_PUBLIC'] !== 'yes') {
    problems.push({
      variable: 'GATEWAY_AUTH',
      rule: `must be api-key or jwt ${where}, unless GATEWAY_ALLOW_PUBLIC is yes`,
    });
  }
  return [
    ...problems,
    ...together(env, 'GATEWAY_AUTH', 'api-key', ['GATEWAY_API_KEYS']),
    ...together(env, 'GATEWAY_AUTH', 'jwt', [
      'GATEWAY_JWT_JWKS_URL',
      'GATEWAY_JWT_ISSUER',
      'GATEWAY_JWT_AUDIENCE',
    ]),
    ...unused(env, 'GATEWAY_AUTH', 'jwt', ['GATEWAY_JWT_CLAIM', 'GATEWAY_JWT_PERMISSIONS']),
    ...together(env, 'GATEWAY_DOCUMENTS', 'allow-list', ['GATEWAY_DOCUMENTS_FILE']),
  ];
}

/** Settings that one value of another requires, and that are of no use, or misleading, without it. */
function together(
  env: Environment,
  chooser: string,
  value: string,
  variables: readonly string[],
): readonly ConfigProblem[] {
  const isChosen = env[chooser] === value;
  return variables
    .filter((variable) => (env[variable] !== undefined) !== isChosen)
    .map((variable) => ({
      variable,
      rule: isChosen ? `must be set where ${chooser} is ${value}` : `needs ${chooser} to be ${value}`,
    }));
}

/** Settings that are of no use, or misleading, without one value of another. */
function unused(
  env: Environment,
  chooser: string,
  value: string,
  variables: readonly string[],
): readonly ConfigProblem[] {
  if (env[chooser] === value) return [];
  const set = variables.filter((variable) => env[variable] !== undefined);
  return set.map((variable) => ({ variable, rule: `needs ${chooser} to be ${value}` }));
}

const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]'];

/** From settings in which `accessProblems` found nothing. */
export function accessOf(settings: Settings, hasAccount: boolean): AccessConfig {
  const { HOST: host, GATEWAY_RATE_PER_S: perSecond, GATEWAY_RATE_BURST: burst } = settings;
  return {
    callers: callersOf(settings),
    hosts:
      settings.GATEWAY_HOSTS ?? (isLoopbackHost(host) ? [...LOOPBACK_HOSTS, host.toLowerCase()] : undefined),
    corsOrigins: settings.GATEWAY_CORS_ORIGINS ?? (hasAccount ? [] : 'loopback'),
    trustedProxies: settings.GATEWAY_TRUSTED_PROXIES,
    rate: { perSecond, burst },
  };
}

function callersOf(settings: Settings): CallersConfig {
  const {
    GATEWAY_API_KEYS: keys,
    GATEWAY_JWT_JWKS_URL: jwksUrl,
    GATEWAY_JWT_ISSUER: issuer,
    GATEWAY_JWT_AUDIENCE: audience,
    GATEWAY_JWT_CLAIM: claim,
    GATEWAY_JWT_PERMISSIONS: permissions,
  } = settings;
  if (keys !== undefined) return { kind: 'api-key', keys };
  if (jwksUrl !== undefined && issuer !== undefined && audience !== undefined) {
    return { kind: 'jwt', jwksUrl, issuer, audience, claim, permissions };
  }
  return { kind: 'none' };
}
