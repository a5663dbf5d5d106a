const DIRECTIVE = /([\w-]+)(?:\s*=\s*(?:"([^"]*)"|([^\s,]*)))?/g;

/** The directives of a `Cache-Control` header by their lower-case names; `''` for those without a value (RFC 9111, section 5.2). */
export function cacheDirectives(header: string): ReadonlyMap<string, string> {
  const directives = new Map<string, string>();
  for (const [, name = '', quoted, token = ''] of header.matchAll(DIRECTIVE)) {
    directives.set(name.toLowerCase(), quoted ?? token);
  }
  return directives;
}

/** What a directive says in seconds; 0 where it is said badly, which counts as already stale (RFC 9111, section 4.2.1). */
export function deltaSeconds(value: string): number {
  return Number(/^\d+$/.exec(value)?.[0] ?? 0);
}
