/** What a caller may do. `worklist:read` and `token:read` open those fields, `token:reveal` the token itself. */
export const PERMISSIONS = ['worklist:read', 'token:read', 'token:reveal'] as const;

export type Permission = (typeof PERMISSIONS)[number];

export function isPermission(text: string): text is Permission {
  return PERMISSIONS.some((permission) => permission === text);
}

/** Permissions by the words that an issuer of tokens has for them. */
export type PermissionMap = ReadonlyMap<string, readonly Permission[]>;

/**
 * Parses `WORD=PERMISSION…`, several separated by `;` or line breaks. A word may hold anything but these, spaces
 * within it included. Gives every problem at once, by the position of the word it is about.
 */
export function parsePermissionMap(
  text: string,
): { readonly map: PermissionMap } | { readonly problems: readonly string[] } {
  const entries = text.split(/[;\n]/).filter((entry) => entry.trim() !== '');
  const map = new Map<string, readonly Permission[]>();
  const problems: string[] = [];
  for (const [index, entry] of entries.entries()) {
    // The last one, since a word may be an address with a query.
    const [, word = '', listed = ''] = /^(.*)=(.*)$/s.exec(entry) ?? [];
    const name = word.trim();
    const words = listed.trim().split(/\s+/);
    const known = words.filter(isPermission);
    const problem = problemOf(name, map.has(name), known.length === words.length);
    if (problem !== undefined) problems.push(`word ${index + 1} ${problem}`);
    map.set(name, known);
  }
  if (entries.length === 0) problems.push('must hold a word, such as Worklist.Read=worklist:read');
  return problems.length > 0 ? { problems } : { map };
}

function problemOf(name: string, isRepeated: boolean, areKnown: boolean): string | undefined {
  if (name === '') return 'must be written as WORD=PERMISSION';
  if (isRepeated) return 'must be there once, with all its permissions';
  if (!areKnown) return `must stand for one or more of ${PERMISSIONS.join(', ')}`;
  return undefined;
}
