import { hash } from 'node:crypto';
import { isPermission, PERMISSIONS, type Permission } from './permissions.ts';

/** A caller's key as the gateway knows it. The key itself is known to the caller alone. */
export interface ApiKey {
  readonly name: string;
  /** Of the whole key, 32 bytes. */
  readonly sha256: Buffer;
  readonly permissions: ReadonlySet<Permission>;
}

/**
 * Parses keys as the settings hold them: `NAME SHA256 PERMISSION…`, one a line or separated by `;`. Gives every
 * problem at once, by the position of the key it is about.
 */
export function parseApiKeys(
  text: string,
): { readonly keys: readonly ApiKey[] } | { readonly problems: readonly string[] } {
  const entries = text.split(/[;\n]/).filter((entry) => entry.trim() !== '');
  const parsed = entries.map((entry) => parseApiKey(entry.trim().split(/\s+/)));
  const problems = parsed.flatMap((key, index) =>
    typeof key === 'string' ? [`key ${index + 1} ${key}`] : [],
  );
  const keys = parsed.filter((key) => typeof key !== 'string');
  const names = new Set(keys.map(({ name }) => name));
  if (problems.length === 0 && names.size < keys.length)
    problems.push('must give each key a name of its own');
  if (entries.length === 0) problems.push('must hold a key');
  return problems.length > 0 ? { problems } : { keys };
}

function parseApiKey([name = '', sha256 = '', ...permissions]: readonly string[]): ApiKey | string {
  if (!/^[\w.@-]{1,64}$/.test(name)) return 'must begin with a name of letters, digits and . _ @ -';
  if (!/^[0-9a-f]{64}$/i.test(sha256))
    return 'must have the SHA-256 of the key behind its name, in 64 hexadecimal digits, as npm run api-key prints it';
  const known = permissions.filter(isPermission);
  if (known.length === 0 || known.length < permissions.length) {
    return `must end with one or more of ${PERMISSIONS.join(', ')}`;
  }
  return { name, sha256: Buffer.from(sha256, 'hex'), permissions: new Set(known) };
}

/** The digest by which a key is known. A key is 32 random bytes, so that a fast hash is enough. */
export function digestOf(key: string): Buffer {
  return hash('sha256', key, 'buffer');
}
