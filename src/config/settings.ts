import { z } from 'zod';

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
  GATEWAY_MAX_REQUESTS: wholeNumber(1, 1_000_000).default(2_000),
  SHUTDOWN_DRAIN_MS: wholeNumber(0, 600_000).optional(),
  SHUTDOWN_GRACE_MS: wholeNumber(0, 600_000).default(10_000),
  LOG_LEVEL: oneOf(LOG_LEVELS).default('info'),
  LOG_FORMAT: oneOf(['json', 'pretty']).optional(),
});

export type Settings = z.infer<typeof settingsSchema>;
