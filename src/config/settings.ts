import { z } from 'zod';
import { parseAddressRange } from '../address-range.ts';
import { parseApiKeys } from '../api-key.ts';
import { parsePermissionMap } from '../permissions.ts';

/** How each setting is read from its text, and its default. Every rule names what is right, never what was found. */

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

function wholeNumber(min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,16}$/, { error, abort: true })
    .transform(Number)
    .pipe(z.number().min(min, { error }).max(max, { error }));
}

function oneOf<const Word extends string>(words: readonly Word[]) {
  return z.enum(words, { error: `must be one of ${words.join(', ')}` });
}

/** An absolute URL that ends with `/`, so that paths can be put behind it. */
const folderUrl = upstreamUrl((url) => {
  if (!url.pathname.endsWith('/')) url.pathname += '/';
});

const endpointUrl = upstreamUrl(() => {});

function upstreamUrl(adjust: (url: URL) => void) {
  return z.string().transform((text, context) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const isSecure =
      url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackHost(url.hostname));
    const isPlain = url?.username === '' && url.password === '' && url.search === '' && url.hash === '';
    if (url === undefined || !isSecure || !isPlain) {
      context.addIssue({
        code: 'custom',
        message:
          'must be an absolute https URL (http only for a loopback host) without credentials, query or fragment',
      });
      return z.NEVER;
    }
    adjust(url);
    return url;
  });
}

/** Entries separated by commas, in lower case. */
function listOf(entry: RegExp, what: string) {
  return z.string().transform((text, context) => {
    const entries = text.split(',').map((each) => each.trim().toLowerCase());
    if (entries.every((each) => entry.test(each))) return entries;
    context.addIssue({ code: 'custom', message: `must be a comma separated list of ${what}` });
    return z.NEVER;
  });
}

const apiKeys = z.string().transform((text, context) => {
  const parsed = parseApiKeys(text);
  if ('keys' in parsed) return parsed.keys;
  for (const message of parsed.problems) context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

const permissionMap = z.string().transform((text, context) => {
  const parsed = parsePermissionMap(text);
  if ('map' in parsed) return parsed.map;
  for (const message of parsed.problems) context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

const addressRanges = z.string().transform((text, context) => {
  const ranges = text.split(',').map((entry) => parseAddressRange(entry.trim().toLowerCase()));
  const known = ranges.filter((range) => range !== undefined);
  if (known.length === ranges.length) return known.flat();
  context.addIssue({
    code: 'custom',
    message: 'must be a comma separated list of addresses, ranges such as 10.0.0.0/8, or loopback',
  });
  return z.NEVER;
});

/** Whether only this machine can reach a server that listens there. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || /^127(?:\.\d{1,3}){3}$/.test(host) || host === '::1' || host === '[::1]';
}

export const settingsSchema = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).default(4_000),
  GOSPEECH_BASE_URL: folderUrl.default(new URL('https://auth.app.gospeech.com/')),
  GOSPEECH_TOKEN_URL: endpointUrl.optional(),
  GOSPEECH_API_URL: folderUrl.optional(),
  GOSPEECH_CLIENT_ID: z.string().optional(),
  GOSPEECH_CLIENT_SECRET: z.string().optional(),
  GOSPEECH_USERNAME: z.string().optional(),
  GOSPEECH_PASSWORD: z.string().optional(),
  GOSPEECH_SCOPE: z.string().default('openid offline_access email profile integrated-api'),
  GOSPEECH_TIMEOUT_MS: wholeNumber(1, 600_000).default(5_000),
  GOSPEECH_MAX_CONNECTIONS: wholeNumber(1, 1_024).default(16),
  GOSPEECH_MAX_PAGE_SIZE: wholeNumber(1, 10_000).default(100),
  GOSPEECH_SHAPE_FILE: z.string().optional(),
  CACHE_TTL_MS: wholeNumber(0, 86_400_000).default(5_000),
  CACHE_STALE_MS: wholeNumber(0, 86_400_000).default(60_000),
  CACHE_STALE_IF_ERROR_MS: wholeNumber(0, 604_800_000).default(3_600_000),
  CACHE_MAX_BYTES: wholeNumber(1, Number.MAX_SAFE_INTEGER).default(67_108_864),
  GATEWAY_AUTH: oneOf(['none', 'api-key', 'jwt']).optional(),
  GATEWAY_ALLOW_PUBLIC: oneOf(['yes']).optional(),
  GATEWAY_API_KEYS: apiKeys.optional(),
  GATEWAY_JWT_JWKS_URL: endpointUrl.optional(),
  GATEWAY_JWT_ISSUER: z.string().optional(),
  GATEWAY_JWT_AUDIENCE: z.string().optional(),
  GATEWAY_JWT_CLAIM: z.string().default('scope'),
  GATEWAY_JWT_PERMISSIONS: permissionMap.optional(),
  GATEWAY_TRUSTED_PROXIES: addressRanges.default([]),
  GATEWAY_HOSTS: listOf(
    /^[a-z0-9.-]+(?::\d+)?$|^\[[0-9a-f:.]+\](?::\d+)?$/,
    'host names, such as gateway.example',
  ).optional(),
  GATEWAY_CORS_ORIGINS: listOf(
    /^https?:\/\/[a-z0-9.:[\]-]+$/,
    'origins, such as https://app.example',
  ).optional(),
  GATEWAY_INTROSPECTION: oneOf(['on', 'off']).default('on'),
  GATEWAY_GRAPHIQL: oneOf(['on', 'off']).optional(),
  GATEWAY_DOCUMENTS: oneOf(['any', 'allow-list']).default('any'),
  GATEWAY_DOCUMENTS_FILE: z.string().optional(),
  GATEWAY_BATCH_LIMIT: wholeNumber(0, 10).default(0),
  GATEWAY_RATE_PER_S: wholeNumber(1, 1_000_000).default(500),
  GATEWAY_RATE_BURST: wholeNumber(1, 1_000_000).default(2_000),
  GATEWAY_MAX_REQUESTS: wholeNumber(1, 1_000_000).default(2_000),
  SHUTDOWN_DRAIN_MS: wholeNumber(0, 600_000).optional(),
  SHUTDOWN_GRACE_MS: wholeNumber(0, 600_000).default(10_000),
  LOG_LEVEL: oneOf(LOG_LEVELS).default('info'),
  LOG_FORMAT: oneOf(['json', 'pretty']).optional(),
});

export type Settings = z.infer<typeof settingsSchema>;
