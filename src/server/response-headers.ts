import type { IncomingMessage, ServerResponse } from 'node:http';

/** Names and values in turn, as `writeHead` takes them, which is its fastest way. */
export type HeaderList = readonly string[];

/** On every response (OWASP, HTTP headers cheat sheet). A page, the playground, brings a policy of its own. */
const SECURITY_HEADERS: HeaderList = [
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ['cross-origin-opener-policy', 'same-origin'],
  ['referrer-policy', 'no-referrer'],
  ['x-content-type-options', 'nosniff'],
  ['x-frame-options', 'DENY'],
].flat();

/** What all responses have in common: they are as safe as they can be, and pages of allowed origins may read them. */
export interface CommonHeaders {
  /** Those of the response to a request. */
  of(request: IncomingMessage): HeaderList;
  /**
   * Sets them on a response that may get others yet; with `vary`, what else than the page that asks it depends on. It may
   * not be kept, unless that is said later. Does nothing the second time.
   */
  set(request: IncomingMessage, response: ServerResponse, vary?: string): void;
}

/** Lets pages of allowed origins read whatever their requests are answered, without their cookies. */
export function createCommonHeaders(isAllowedOrigin: (origin: string) => boolean): CommonHeaders {
  function of({ headers: { origin } }: IncomingMessage): HeaderList {
    if (origin === undefined || !isAllowedOrigin(origin)) return SECURITY_HEADERS;
    const exposed = 'retry-after, www-authenticate';
    return [
      ...SECURITY_HEADERS,
      'access-control-allow-origin',
      origin,
      'access-control-expose-headers',
      exposed,
    ];
  }
  return {
    of,
    set(request, response, vary = 'Origin') {
      if (response.headersSent || response.hasHeader('x-frame-options')) return;
      const headers = of(request);
      for (let index = 0; index < headers.length; index += 2) {
        response.setHeader(headers[index] ?? '', headers[index + 1] ?? '');
      }
      response.setHeader('cache-control', 'no-store');
      // Also where no origin is named: a cache that keeps this response may not give it to a page of one.
      response.setHeader('vary', vary);
    },
  };
}
