import type { AddressRange } from '../address-range.ts';
import type { ApiKey } from '../api-key.ts';
import type { PermissionMap } from '../permissions.ts';
import { isLoopbackHost, LOOPBACK_HOSTS } from '../loopback.ts';
import type { ConfigProblem } from './config-error.ts';
import type { Settings } from './settings.ts';

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

/**
 * Breaches of the rules between settings. `settings` has the defaults where a setting breaks a rule of its own; `given`
 * names those too, so that none is told twice.
 */
export function accessProblems(
  settings: Settings,
  given: ReadonlySet<string>,
  broken: ReadonlySet<string>,
): readonly ConfigProblem[] {
  const { GATEWAY_AUTH: auth, GATEWAY_ALLOW_PUBLIC: allowPublic } = settings;
  const problems: ConfigProblem[] = [];
  const isPublic = settings.GOSPEECH_SANDBOX === 'no' && !isLoopbackHost(settings.HOST);
  if (isPublic && !broken.has('GATEWAY_AUTH')) {
    const rule = `must be api-key or jwt where HOST is not a loopback address and GOSPEECH_SANDBOX is not yes`;
    if (auth === undefined) {
      const asked =
        allowPublic === 'yes' ? ', or none for everybody: GATEWAY_ALLOW_PUBLIC only allows it' : '';
      problems.push({ variable: 'GATEWAY_AUTH', rule: `${rule}${asked}` });
    } else if (auth === 'none' && allowPublic === 'no') {
      problems.push({ variable: 'GATEWAY_AUTH', rule: `${rule}, unless GATEWAY_ALLOW_PUBLIC is yes` });
    }
  }

  /** Settings that are of no use, or misleading, without one value of another. */
  function only(chooser: 'GATEWAY_AUTH', value: string, variables: readonly string[]) {
    if (broken.has(chooser) || settings[chooser] === value) return;
    const rule = `needs ${chooser} to be ${value}`;
    for (const variable of variables) if (given.has(variable)) problems.push({ variable, rule });
  }
  /** Settings that one value of another requires, and that are of no use without it. */
  function together(
    chooser: 'GATEWAY_AUTH' | 'GATEWAY_DOCUMENTS',
    value: string,
    variables: readonly string[],
  ) {
    if (broken.has(chooser)) return;
    const isChosen = settings[chooser] === value;
    const rule = isChosen ? `must be set where ${chooser} is ${value}` : `needs ${chooser} to be ${value}`;
    for (const variable of variables) if (given.has(variable) !== isChosen) problems.push({ variable, rule });
  }
  together('GATEWAY_AUTH', 'api-key', ['GATEWAY_API_KEYS']);
  together('GATEWAY_AUTH', 'jwt', ['GATEWAY_JWT_JWKS_URL', 'GATEWAY_JWT_ISSUER', 'GATEWAY_JWT_AUDIENCE']);
  only('GATEWAY_AUTH', 'jwt', ['GATEWAY_JWT_CLAIM', 'GATEWAY_JWT_PERMISSIONS']);
  together('GATEWAY_DOCUMENTS', 'allow-list', ['GATEWAY_DOCUMENTS_FILE']);
  return problems;
}

/** From settings in which `accessProblems` found nothing. */
export function accessOf(settings: Settings, hasAccount: boolean): AccessConfig {
  const { HOST: host, GATEWAY_RATE_PER_S: perSecond, GATEWAY_RATE_BURST: burst } = settings;
  return {
    callers: callersOf(settings),
    hosts: settings.GATEWAY_HOSTS ?? (isLoopbackHost(host) ? [...LOOPBACK_HOSTS, host] : undefined),
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
