import { Secret } from '../secret.ts';
import type { ServiceAccount } from '../service-account.ts';
import { isLoopbackHost } from '../loopback.ts';
import type { ConfigProblem } from './config-error.ts';
import { CREDENTIALS, type Environment } from './read-environment.ts';
import type { Settings } from './settings.ts';
import type { UnknownName } from './unknown-names.ts';

const REQUIRED = ['GOSPEECH_CLIENT_ID', 'GOSPEECH_CLIENT_SECRET', 'GOSPEECH_USERNAME'] as const;

export interface AccountSettings {
  readonly settings: Settings;
  readonly env: Environment;
  /** Every name that is there, with a value or blank. */
  readonly names: readonly string[];
  readonly given: ReadonlySet<string>;
  readonly broken: ReadonlySet<string>;
  readonly unknown: readonly UnknownName[];
}

/** Whether any of the service account's settings has a value. */
export function hasAccount(given: ReadonlySet<string>): boolean {
  return CREDENTIALS.some((variable) => given.has(variable));
}

/**
 * A part of the account; the account and the sandbox at once; or neither, where something tells that GoSpeech's own
 * recordings are meant. Invented ones are never served by mistake there.
 */
export function accountProblems(account: AccountSettings): readonly ConfigProblem[] {
  const { settings, given, broken } = account;
  const missing = REQUIRED.filter((variable) => !given.has(variable));
  if (hasAccount(given)) {
    const rule = `must be set where any of ${CREDENTIALS.join(', ')} is`;
    const problems: ConfigProblem[] = missing.map((variable) => ({ variable, rule }));
    if (settings.GOSPEECH_SANDBOX === 'yes') {
      problems.push({ variable: 'GOSPEECH_SANDBOX', rule: 'must not be yes where a service account is set' });
    }
    return problems;
  }
  const signs = signsOfUse(account);
  const mayBeSandbox = settings.GOSPEECH_SANDBOX === 'yes' || broken.has('GOSPEECH_SANDBOX');
  if (mayBeSandbox || signs.length === 0) return [];
  return [
    ...missing.map((variable) => ({ variable, rule: 'must be set' })),
    {
      variable: 'GOSPEECH_SANDBOX',
      rule: `must be yes if invented recordings are to be served instead, in spite of ${signs.join(', ')}`,
    },
  ];
}

/** The names that tell of a gateway which is more than a first try. */
function signsOfUse({ settings, env, names, given, unknown }: AccountSettings): readonly string[] {
  const unknownOnes = unknown
    .filter(({ nearest }) => nearest.startsWith('GOSPEECH_'))
    .map(({ name }) => name);
  return [
    ...(isLoopbackHost(settings.HOST) ? [] : ['HOST']),
    ...(env['NODE_ENV']?.toLowerCase() === 'production' ? ['NODE_ENV'] : []),
    ...names.filter((name) => /^GATEWAY_(?:AUTH|API_KEYS|ALLOW_PUBLIC|JWT_)/.test(name) && given.has(name)),
    ...new Set([...names.filter((name) => name.startsWith('GOSPEECH_')), ...unknownOnes]),
  ];
}

/** What nobody should overlook where it is GoSpeech they think of. */
export function sandboxWarnings(account: ServiceAccount | undefined, settings: Settings): readonly string[] {
  if (account !== undefined) return [];
  return settings.GOSPEECH_SANDBOX === 'yes'
    ? ['All recordings are invented: GOSPEECH_SANDBOX is yes.']
    : [
        'All recordings are invented: no service account is set, so a sandbox answers in place of GoSpeech. ' +
          'GOSPEECH_SANDBOX=yes asks for that on purpose.',
      ];
}

export function accountOf(settings: Settings): ServiceAccount | undefined {
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
