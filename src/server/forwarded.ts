import type { IncomingHttpHeaders } from 'node:http';

/** What the proxies on a request's way say of it. */
export interface Forwarded {
  /** Who asked each of them, the client's own first: addresses as they are written, with whatever stands about them. */
  readonly chain: readonly string[];
  /** The host and the scheme that the one of the chain asked for, by its place from the end; 0 where none counts. */
  readonly hostFor: (fromEnd: number) => string | undefined;
  readonly schemeFor: (fromEnd: number) => string | undefined;
}

/**
 * What `Forwarded` (RFC 7239) says, or `X-Forwarded-For`, `-Host` and `-Proto`. Of those, `-Host` and `-Proto` count as
 * the nearest proxy has them. `undefined` where there is neither, and where there are both: one of them is then passed
 * on unseen, and who wrote it cannot be told. `undefined`, too, where `Forwarded` does not read as a whole: a quote that
 * a client has left open would hide what the proxies wrote behind it.
 */
export function parseForwarded(headers: IncomingHttpHeaders): Forwarded | undefined {
  const { forwarded } = headers;
  const [chain, hosts, schemes] = ['for', 'host', 'proto'].map((name) =>
    listed(headers[`x-forwarded-${name}`]),
  );
  const isOld = [chain, hosts, schemes].some((values) => values !== undefined);
  if (forwarded === undefined) {
    if (!isOld) return undefined;
    return {
      chain: chain ?? [],
      hostFor: () => hosts?.at(-1)?.toLowerCase(),
      schemeFor: () => schemes?.at(-1)?.toLowerCase(),
    };
  }
  if (isOld) return undefined;
  const elements = elementsOf(forwarded);
  // Where none of the chain counts, the nearest proxy's own does: the first is what a client writes.
  const elementFor = (fromEnd: number) => elements?.at(-Math.max(fromEnd, 1));
  return (
    elements && {
      chain: elements.map((pairs) => pairs.get('for') ?? 'unknown'),
      hostFor: (fromEnd) => elementFor(fromEnd)?.get('host')?.toLowerCase(),
      schemeFor: (fromEnd) => elementFor(fromEnd)?.get('proto')?.toLowerCase(),
    }
  );
}

function listed(value: string | readonly string[] | undefined): readonly string[] | undefined {
  return value
    ?.toString()
    .split(',')
    .map((each) => each.trim());
}

/**
 * A pair, if any, and what separates it from the next; many proxies write addresses without the quotes they need. No two
 * neighbouring parts take the same characters, so that what does not fit is known after one reading.
 */
const PAIR = /[ \t]*(?:([\w!#$%&'*+.^`|~-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s",;\\]*))[ \t]*)?([,;]|$)/y;

/** `for=192.0.2.60;proto=http;host="a.example:8443", for=…`: of each element the values by their names in lower case. */
function elementsOf(text: string): readonly ReadonlyMap<string, string>[] | undefined {
  const elements = [new Map<string, string>()];
  PAIR.lastIndex = 0;
  for (;;) {
    const found = PAIR.exec(text);
    if (found === null) return undefined;
    const [, name, quoted, value = '', separator] = found;
    if (name !== undefined)
      elements.at(-1)?.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? value);
    if (separator === '') return elements;
    if (separator === ',') elements.push(new Map());
  }
}
