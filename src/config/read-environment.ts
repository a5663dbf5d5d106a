import type { ConfigProblem } from './config-error.ts';
import { parseDotEnv } from './parse-dot-env.ts';
import { readTextFile, type ReadFile } from './read-text-file.ts';

/** Settings by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The account's own: kept as they are, but for line ends behind them. */
export const CREDENTIALS = [
  'GOSPEECH_CLIENT_ID',
  'GOSPEECH_CLIENT_SECRET',
  'GOSPEECH_USERNAME',
  'GOSPEECH_PASSWORD',
] as const;

/** Settings that may come from `NAME_FILE`, as container platforms mount secrets. */
export const FROM_FILE = [...CREDENTIALS, 'GATEWAY_API_KEYS'] as const;

export interface ReadEnvironment {
  /** The settings that are not blank, without the blanks around them. */
  readonly env: Environment;
  /** Every name that is there, with a value or blank. */
  readonly names: readonly string[];
  /** The settings that somebody gave a value, also one that cannot be read. */
  readonly given: ReadonlySet<string>;
  readonly problems: readonly ConfigProblem[];
  /** What is right by the rules, and yet looks like a mistake. */
  readonly warnings: readonly string[];
}

/**
 * The settings of `.env`, where there is one here, and of `environment`, which wins. Each `NAME_FILE` is replaced by
 * `NAME`, its file's text. Blank settings count as not set.
 */
export function readEnvironment(environment: Environment, readFile: ReadFile): ReadEnvironment {
  const dotEnv = readDotEnv(readFile);
  // A blank one, as Compose makes of a variable that is not there, does not hide what the file says.
  const isGiven = ([name, value]: [string, string | undefined]) =>
    value !== undefined && (value.trim() !== '' || dotEnv.env[name] === undefined);
  const all: Environment = {
    ...dotEnv.env,
    ...Object.fromEntries(Object.entries(environment).filter(isGiven)),
  };
  const names = Object.keys(all).filter((name) => all[name] !== undefined);
  const problems = dotEnv.problems.filter(({ variable }) => environment[variable] === undefined);

  const env: Record<string, string> = {};
  for (const name of names) {
    const value = trimmed(name, all[name] ?? '');
    if (value !== '') env[name] = value;
  }
  const given = new Set([...Object.keys(env), ...problems.map(({ variable }) => variable)]);
  for (const name of FROM_FILE) {
    const variable = `${name}_FILE`;
    const path = env[variable];
    if (path === undefined) continue;
    if (env[name] !== undefined) {
      problems.push({ variable, rule: `must not be set together with ${name}` });
      continue;
    }
    given.add(name);
    const file = readTextFile(path, readFile);
    const value = 'text' in file ? trimmed(name, file.text) : '';
    if (value !== '') env[name] = value;
    else problems.push({ variable, rule: 'rule' in file ? file.rule : 'must name a file that is not empty' });
  }
  return { env, names, given, problems, warnings: CREDENTIALS.flatMap((name) => blanksIn(name, env[name])) };
}

function readDotEnv(readFile: ReadFile): ReturnType<typeof parseDotEnv> {
  const file = readTextFile('.env', readFile);
  if ('text' in file) return parseDotEnv(file.text, FROM_FILE);
  if (file.isMissing) return { env: {}, problems: [] };
  const rule = file.rule.replace('must name', 'must be');
  return { env: {}, problems: [{ variable: '.env', rule }] };
}

/** A value as it is meant; empty where it is blank. Nobody can tell whether blanks belong to a credential. */
function trimmed(name: string, text: string): string {
  const isCredential = CREDENTIALS.some((credential) => credential === name);
  return isCredential && text.trim() !== '' ? text.replace(/[\r\n]+$/, '') : text.trim();
}

function blanksIn(name: string, value = ''): readonly string[] {
  return /^\s|\s$|[\r\n]/.test(value)
    ? [`${name} begins or ends with a blank, or holds a line break. It is sent with them.`]
    : [];
}
