import { ConfigError } from '../../src/config/config-error.ts';
import { parseConfig, type GatewayConfig } from '../../src/config/parse-config.ts';

export const ACCOUNT = {
  GOSPEECH_CLIENT_ID: 'client',
  GOSPEECH_CLIENT_SECRET: 'client-secret',
  GOSPEECH_USERNAME: 'me@example.com',
  GOSPEECH_PASSWORD: 'pass-word',
};

/** Whose key this is the digest of does not matter here. */
export const KEY = `alice ${'a1'.repeat(32)} worklist:read token:read`;

export type Env = Readonly<Record<string, string>>;
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** What the gateway makes of these settings, and of nothing else. */
export function parseAsIs(env: Env, files: Files = {}, isTerminal = false): GatewayConfig {
  return parseConfig(env, {
    readFile(path) {
      const content = files[path];
      if (content === undefined) throw Object.assign(new Error(`no ${path}`), { code: 'ENOENT' });
      return typeof content === 'string' ? Buffer.from(content) : content;
    },
    isTerminal,
  });
}

/** The same of settings that ask for the sandbox, unless they have something of an account. */
export function parse(env: Env, files: Files = {}, isTerminal = false): GatewayConfig {
  const wantsAccount = Object.keys(env).some((name) => name.replace(/_FILE$/, '') in ACCOUNT);
  return parseAsIs(wantsAccount ? env : { GOSPEECH_SANDBOX: 'yes', ...env }, files, isTerminal);
}

/** What the `ConfigError` that these settings give says, but for its headings. */
export function problems(env: Env, files?: Files): string[] {
  return linesOf(() => parse(env, files));
}

/** The same of settings as they are. */
export function problemsAsIs(env: Env, files?: Files): string[] {
  return linesOf(() => parseAsIs(env, files));
}

function linesOf(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigError)
      return error.message.split('\n').filter((line) => !line.startsWith('These '));
    throw error;
  }
  return [];
}
