import type { ConfigProblem } from './config-error.ts';

/** Settings by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Gives a file's text, or throws. */
export type ReadFile = (path: string) => string;

/** Settings that may come from `NAME_FILE`, as container platforms mount secrets. */
const FROM_FILE = [
  'GOSPEECH_CLIENT_ID',
  'GOSPEECH_CLIENT_SECRET',
  'GOSPEECH_USERNAME',
  'GOSPEECH_PASSWORD',
  'GATEWAY_API_KEYS',
];

/**
 * The environment with each `NAME_FILE` replaced by `NAME`, its file's text without the final line break.
 * Blank settings count as not set.
 */
export function readSecretFiles(
  env: Environment,
  readFile: ReadFile,
): { readonly env: Environment; readonly problems: readonly ConfigProblem[] } {
  const resolved: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && value.trim() !== '') resolved[name] = value;
  }
  const problems: ConfigProblem[] = [];
  for (const name of FROM_FILE) {
    const variable = `${name}_FILE`;
    const path = resolved[variable];
    if (path === undefined) continue;
    if (resolved[name] !== undefined) {
      problems.push({ variable, rule: `must not be set together with ${name}` });
      continue;
    }
    try {
      resolved[name] = readFile(path).replace(/\r?\n$/, '');
      if (resolved[name] === '') problems.push({ variable, rule: 'must name a file that is not empty' });
    } catch {
      problems.push({ variable, rule: 'must name a file that can be read' });
    }
  }
  return { env: resolved, problems };
}
