import { LRUCache } from 'lru-cache';
import { cachingOf } from './cache-control.ts';
import { httpDateMs } from './http-date.ts';
import type { HttpRequest, HttpResponse, Policy } from './send.ts';

export interface ValidationOptions {
  /** Bounds the memory that remembered responses take, headers and keys included. */
  readonly maxBytes: number;
}

/** For what an entry takes besides its texts and its body. */
const ENTRY_OVERHEAD_BYTES = 1_024;

/** What can be sent back as it came. */
const VISIBLE = /^[\x20-\x7e]+$/;

/**
 * Validates what is remembered (RFC 9111, section 4.3): a GET asks only for what has changed since the last response of
 * that very URL, by its `ETag`, else its `Last-Modified`. A 304 comes back as a 200 with the body remembered, so that
 * nothing above knows. It says nothing about freshness: each request is sent. `no-store` is not remembered, nor is what
 * is no JSON: a page for people, of maintenance or to log in, must not answer for the list.
 */
export function withValidation({ maxBytes }: ValidationOptions): Policy {
  const remembered = new LRUCache<string, HttpResponse>({
    maxSize: maxBytes,
    sizeCalculation: ({ headers, body }, url) =>
      // A small body may be a slice of a larger block, which lives as long as it does.
      ENTRY_OVERHEAD_BYTES + 2 * (url.length + JSON.stringify(headers).length) + body.buffer.byteLength,
  });

  /** Remembers a response with content; others leave what is known as it is. */
  function rememberOk(url: string, response: HttpResponse): HttpResponse {
    return response.status === 200 ? remember(url, response) : response;
  }

  function remember(url: string, response: HttpResponse): HttpResponse {
    const mayKeep = cachingOf(response.headers).mayStore && looksLikeJson(response);
    if (mayKeep && conditionFor(response) !== undefined) remembered.set(url, response);
    else remembered.delete(url);
    return response;
  }

  return (next) => async (request) => {
    if (request.method !== 'GET') return next(request);
    const url = request.url.href;
    const known = remembered.get(url);
    const condition = known && conditionFor(known);
    if (known === undefined || condition === undefined) return rememberOk(url, await next(request));

    const response = await next(withHeaders(request, condition));
    if (response.status !== 304) return rememberOk(url, response);
    if (isAbout(response, condition)) return remember(url, freshened(known, response));
    remembered.delete(url);
    return rememberOk(url, await next(request));
  };
}

type Headers = HttpResponse['headers'];
type Condition = Readonly<Record<string, string>>;

/** The header that asks whether `response` is still right (RFC 9110, section 13.1). */
function conditionFor({ headers }: HttpResponse): Condition | undefined {
  const { etag, 'last-modified': lastModified, vary } = headers;
  if (vary?.includes('*') === true) return undefined;
  if (etag !== undefined && VISIBLE.test(etag)) return { 'if-none-match': etag };
  const isStrong = httpDateMs(headers['date'] ?? '') - httpDateMs(lastModified ?? '') >= LEAST_AGE_MS;
  return lastModified !== undefined && isStrong ? { 'if-modified-since': lastModified } : undefined;
}

/** A list or an object, as a mark of Unicode may precede it: looked at is no more than how it begins. */
function looksLikeJson({ body }: HttpResponse): boolean {
  return /^[\uFEFF\s]*[[{]/.test(body.toString('utf8', 0, 64));
}

/** Whether a 304 can be about what was asked: one that names another `Last-Modified` is not (RFC 9111, section 4.3.4). */
function isAbout({ headers }: HttpResponse, condition: Condition): boolean {
  const asked = condition['if-modified-since'];
  return asked === undefined || asked === (headers['last-modified'] ?? asked);
}

function withHeaders(request: HttpRequest, headers: Condition): HttpRequest {
  return { ...request, headers: { ...request.headers, ...headers } };
}

/** What was changed twice within a second has one `Last-Modified` for both (RFC 9110, section 8.8.2.2). */
const LEAST_AGE_MS = 1_000;

/**
 * What belongs to a body or to one connection, and so is kept as it came with the body (RFC 9111, section 3.2). The
 * `ETag` too: one was asked about, and servers that pack write it in two ways.
 */
const NOT_UPDATED = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  'etag',
  'keep-alive',
  'transfer-encoding',
]);

/** The response as the 304 leaves it: its headers replace those that came before (RFC 9111, section 4.3.4). */
function freshened(known: HttpResponse, { headers }: HttpResponse): HttpResponse {
  const updates = Object.entries(headers).filter(([name]) => !NOT_UPDATED.has(name));
  // How old it was when it first came says nothing any more.
  const { age: _age, ...kept }: Headers = known.headers;
  return { ...known, headers: { ...kept, ...Object.fromEntries(updates) } };
}
