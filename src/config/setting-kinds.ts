import { isIP, isIPv6 } from 'node:net';
import { z } from 'zod';
import { parseAddressRange } from '../address-range.ts';
import { parseApiKeys } from '../api-key.ts';
import { isLoopbackHost } from '../loopback.ts';
import { parsePermissionMap } from '../permissions.ts';

/** How a setting of each kind is read from its text. Every rule names what is right, never what was found. */

export function wholeNumber(min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,16}$/, { error, abort: true })
    .transform(Number)
    .pipe(z.number().min(min, { error }).max(max, { error }));
}

/** A TCP port, or 0 for any free one. */
export const port = z
  .string()
  .refine((text) => !text.includes('://'), {
    error:
      'must be a whole number from 0 to 65535, not a URL: Kubernetes puts those of services into variables of such names ' +
      '(enableServiceLinks: false stops it), so that the pod has to set its own',
    abort: true,
  })
  .pipe(wholeNumber(0, 65_535));

/** One of these words, whatever its case. */
export function oneOf<const Word extends string>(words: readonly Word[]) {
  return z
    .string()
    .toLowerCase()
    .pipe(z.enum(words, { error: `must be one of ${words.join(', ')}` }));
}

/** The text that `read` makes of it, or a breach of `rule`. */
function textThat<Value>(rule: string, read: (text: string) => Value | undefined) {
  return z.string().transform((text, context) => {
    const value = read(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: rule });
    return z.NEVER;
  });
}

/** An address or name to listen on, in lower case; IPv6 without brackets, as Node takes it. */
export const listenHost = textThat(
  'must be a host name or an IP address, such as 127.0.0.1, ::1 or 0.0.0.0, without scheme and port',
  (text) => {
    const host = text.toLowerCase();
    const [, address = host] = /^\[(.*)\]$/.exec(host) ?? [];
    if (isIPv6(address)) return address.includes('%') ? address : canonicalIPv6(address);
    const isName = HOST_NAME.test(host) && !/^[\d.]+$/.test(host);
    return isIP(host) === 4 || isName ? host : undefined;
  },
);

const HOST_NAME = /^[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?\.?$/;

function canonicalIPv6(host: string): string {
  return new URL(`http://[${host}]`).hostname.slice(1, -1);
}

const URL_RULE = 'must be an absolute https URL (http only for a loopback host) without credentials';

/** Of an endpoint. Its query is its own: that of a token endpoint stays (RFC 6749, section 3.2). */
export const endpointUrl = textThat(`${URL_RULE} or fragment`, secureUrl);

/** An absolute URL that ends with `/`, so that paths can be put behind it. */
export const folderUrl = textThat(`${URL_RULE}, query or fragment`, (text) => {
  const url = secureUrl(text);
  if (url === undefined || text.includes('?')) return undefined;
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
});

function secureUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.username !== '' || url.password !== '' || text.includes('#')) return undefined;
  const isSecure = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname));
  return isSecure ? url : undefined;
}

/** Entries separated by commas; a comma too many does no harm. `undefined` for none, or where one is not right. */
function entriesOf(text: string, read: (entry: string) => string | undefined): readonly string[] | undefined {
  const entries = text.split(',').map((entry) => entry.trim());
  const filled = entries.filter((entry) => entry !== '');
  const values = filled.map(read).filter((value) => value !== undefined);
  return values.length > 0 && values.length === filled.length ? values : undefined;
}

/** Values of the header `Host`, in lower case. */
export const hosts = textThat(
  'must be a comma separated list of host names, such as gateway.example, with a port or without, and without a scheme or path',
  (text) => entriesOf(text, hostOf),
);

function hostOf(entry: string): string | undefined {
  const host = entry.toLowerCase();
  if (isIPv6(host)) return `[${canonicalIPv6(host)}]`;
  const [, name = ''] = /^(.+?)(?::\d+)?$/.exec(host) ?? [];
  const isHost = HOST_NAME.test(name) || (/^\[.*\]$/.test(name) && isIPv6(name.slice(1, -1)));
  return isHost && URL.canParse(`http://${host}`) ? host : undefined;
}

/** Origins (RFC 6454) as browsers write them, or the word for all of this machine. */
export const origins = textThat(
  'must be loopback, or a comma separated list of origins, such as https://app.example: scheme, host, and a port where it is not the usual one, without a path or a / at the end',
  (text) => (text.trim().toLowerCase() === 'loopback' ? ('loopback' as const) : entriesOf(text, originOf)),
);

function originOf(entry: string): string | undefined {
  if (!/^https?:\/\/[^/?#@*\s\\]+$/i.test(entry) || !URL.canParse(entry)) return undefined;
  return new URL(entry).origin;
}

/** Scope tokens (RFC 6749, section 3.3), separated by one space each. */
export const scope = textThat(
  'must be scopes separated by spaces, of printable ASCII without quotes and backslashes',
  (text) => (/^[\s!#-[\]-~]+$/.test(text) ? text.split(/\s+/).join(' ') : undefined),
);

/** Keys of callers, with each problem by the key's position. */
export const apiKeys = z.string().transform((text, context) => {
  const parsed = parseApiKeys(text);
  if ('keys' in parsed) return parsed.keys;
  for (const message of parsed.problems) context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

/** What the words of an issuer permit, with each problem by the word's position. */
export const permissionMap = z.string().transform((text, context) => {
  const parsed = parsePermissionMap(text);
  if ('map' in parsed) return parsed.map;
  for (const message of parsed.problems) context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

/** Addresses and ranges of them. */
export const addressRanges = textThat(
  'must be a comma separated list of addresses, ranges such as 10.0.0.0/8, or loopback',
  (text) => {
    const entries = text.split(',').filter((entry) => entry.trim() !== '');
    const ranges = entries.map((entry) => parseAddressRange(entry.trim().toLowerCase()));
    const known = ranges.filter((range) => range !== undefined);
    return known.length > 0 && known.length === ranges.length ? known.flat() : undefined;
  },
);
