/** What a response says about keeping it (RFC 9111). */
export interface Caching {
  /** False for `no-store`. */
  readonly mayStore: boolean;
  /** How long it is fresh: `max-age` less `Age`, 0 for `no-cache`; `undefined` where it does not say. */
  readonly maxAgeMs: number | undefined;
  /** False for `must-revalidate` and `no-cache`: once no longer fresh, it may not be served. */
  readonly mayServeStale: boolean;
}

/** Reads `Cache-Control` and `Age`. The gateway is a private cache of the service account's. */
export function cachingOf(headers: Readonly<Record<string, string | undefined>>): Caching {
  const directives = directivesOf(headers['cache-control'] ?? '');
  const noCache = directives.has('no-cache');
  return {
    mayStore: !directives.has('no-store'),
    maxAgeMs: noCache ? 0 : maxAgeMsOf(directives.get('max-age'), headers['age']),
    mayServeStale: !noCache && !directives.has('must-revalidate'),
  };
}

/** The strictest of several, for what was put together from several responses. */
export function strictest(all: readonly Caching[]): Caching {
  const maxAgesMs = all.flatMap(({ maxAgeMs }) => maxAgeMs ?? []);
  return {
    mayStore: all.every(({ mayStore }) => mayStore),
    maxAgeMs: maxAgesMs.length === 0 ? undefined : Math.min(...maxAgesMs),
    mayServeStale: all.every(({ mayServeStale }) => mayServeStale),
  };
}

const DIRECTIVE = /([\w-]+)(?:\s*=\s*(?:"([^"]*)"|([^\s,]*)))?/g;

function directivesOf(header: string): ReadonlyMap<string, string> {
  const directives = new Map<string, string>();
  for (const [, name = '', quoted, token = ''] of header.matchAll(DIRECTIVE)) {
    directives.set(name.toLowerCase(), quoted ?? token);
  }
  return directives;
}

/** `undefined` where it is not said; what is said badly counts as already stale (RFC 9111, section 4.2.1). */
function maxAgeMsOf(maxAge: string | undefined, age: string | undefined): number | undefined {
  if (maxAge === undefined) return undefined;
  const seconds = Number(/^\d+$/.exec(maxAge)?.[0] ?? 0) - Number(/^\d+$/.exec(age ?? '')?.[0] ?? 0);
  return Math.max(0, seconds) * 1_000;
}
