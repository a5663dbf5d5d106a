import type { IncomingMessage, ServerResponse } from 'node:http';
import { LRUCache } from 'lru-cache';
import type { Caller } from './callers/caller.ts';
import { freshnessDemandsOf, type FreshnessDemands } from './freshness-demands.ts';
import type { Streams } from './create-streams.ts';
import type { GraphQLServer, RenderedResult } from './graphql/create-graphql.ts';
import { readUrl } from './graphql/request-parameters.ts';
import { responseKey } from './responses/response-key.ts';
import type { KeptResponse, ResponseStore } from './responses/response-store.ts';
import { createResponseLifetime } from './schema/response-lifetime.ts';
import type { Admitted } from './server/admission.ts';
import { createClientSignal } from './server/client-signal.ts';
import { chooseCoding, type ContentCoding } from './server/content-coding.ts';
import { entityTag, matchesTag } from './server/entity-tag.ts';
import { GRAPHQL_TYPES } from './server/media-type.ts';
import { packBody } from './server/pack-body.ts';
import type { Refusal } from './server/refusal.ts';
import type { StreamFraming } from './server/stream-framing.ts';
import type { CommonHeaders, HeaderList } from './server/response-headers.ts';

export interface OperationsOptions {
  readonly graphql: GraphQLServer;
  readonly streams: Streams;
  readonly responses: ResponseStore;
  readonly common: CommonHeaders;
  /** Whether responses may be kept by caches that many share. */
  readonly isPublic: boolean;
  /** Whether a single operation goes past yoga's HTTP handler, and responses are kept: the same, but faster. */
  readonly isFast: boolean;
}

/** A request that was let in: who sent it, how it is answered, and the body of a POST. */
export interface AdmittedRequest extends Admitted {
  /** The media type of one result; `undefined` where only a stream is acceptable. */
  readonly mediaType: string | undefined;
  /** Of a stream of results, where one is acceptable. */
  readonly framing: StreamFraming | undefined;
  readonly body: string | undefined;
  /** Called when it is going to be answered by a stream, which may take hours. */
  readonly onStream: () => void;
}

/** Answers a request that was let in, or gives why it is refused. */
export type ServeOperations = (
  request: IncomingMessage,
  response: ServerResponse,
  admitted: AdmittedRequest,
) => Promise<Refusal | undefined>;

/**
 * What becomes of a request that was let in: a response that was kept is sent again; else GraphQL makes one, which is
 * kept for as long as each page in it is what would be served.
 */
export function createOperations(options: OperationsOptions): ServeOperations {
  const { graphql, streams, responses, common, isPublic, isFast } = options;
  const scope = isPublic ? 'public' : 'private';
  const codings = new LRUCache<string, ContentCoding>({
    max: MAX_REMEMBERED_CODINGS,
    memoMethod: chooseCoding,
  });

  async function make(
    { method, target, body }: Asked,
    { caller, demands, mediaType, coding }: Answered,
    signalOf: () => AbortSignal,
  ): Promise<KeptResponse> {
    const lifetime = createResponseLifetime();
    const context = { caller, demands, isStream: false, lifetime, signalOf };
    const sent = isFast ? singleOperation(body) : undefined;
    const rendered =
      sent === undefined
        ? await graphql.fetch({ method, target, mediaType, body }, context)
        : await graphql.render(await graphql.operate(sent, context), mediaType);
    return packed(rendered, { coding, hasTag: method === 'GET', freshForMs: lifetime.freshForMs });
  }

  /** As HTTP sends it, to a GET with how long it may be kept (RFC 9111). */
  function send(request: IncomingMessage, response: ServerResponse, made: KeptResponse): void {
    const { status, headers, body, etag, freshForMs } = made;
    const maxAgeS = etag === undefined ? 0 : Math.floor(freshForMs() / 1_000);
    if (etag === undefined || maxAgeS === 0) {
      response.writeHead(status, [...common.of(request), ...NOT_TO_BE_KEPT, ...headers]);
      response.end(body, made.encoding);
      return;
    }
    const caching = ['cache-control', `${scope}, max-age=${maxAgeS}`, 'vary', VARY_OF_KEPT, 'etag', etag];
    if (matchesTag(request.headers['if-none-match'], etag)) {
      response.writeHead(304, [...common.of(request), ...caching]).end();
      return;
    }
    response.writeHead(status, [...common.of(request), ...caching, ...headers]);
    response.end(body, made.encoding);
  }

  /**
   * Answers by a stream: a subscription, and anything else where only a stream is acceptable. Gives `undefined` where it
   * is to be answered by one result.
   */
  async function stream(
    request: IncomingMessage,
    response: ServerResponse,
    demands: FreshnessDemands | undefined,
    { framing, mediaType, body, onStream, ...admitted }: AdmittedRequest,
  ): Promise<'answered' | { readonly refusal: Refusal } | undefined> {
    const { url: target = '', method } = request;
    const sent = method === 'GET' ? operationInUrl(target) : singleOperation(body);
    if (framing === undefined || sent === undefined) return undefined;
    const opened = await streams.open(response, {
      ...admitted,
      framing,
      sent,
      text: body ?? target,
      headers: common.of(request),
    });
    if (opened === 'open') onStream();
    if (opened === 'open' || (opened !== undefined && 'refusal' in opened))
      return opened === 'open' ? 'answered' : opened;
    if (mediaType !== undefined && opened === undefined) return undefined;
    const { caller } = admitted;
    const lifetime = createResponseLifetime();
    const context = { caller, demands, isStream: true, lifetime, signalOf: createClientSignal(response) };
    const result = opened?.result ?? (await graphql.operate(sent, context));
    const rendered = await graphql.render(result, mediaType ?? GRAPHQL_TYPES[0]);
    const made = await packed(rendered, { coding: 'identity', hasTag: false, freshForMs: () => 0 });
    if (isOver(response)) return 'answered';
    if (mediaType === undefined) {
      streams.answerOnce(response, { framing, headers: common.of(request) }, rendered.body);
    } else {
      send(request, response, made);
    }
    return 'answered';
  }

  return async (request, response, admitted) => {
    const { caller, body, framing } = admitted;
    const { url: target = '' } = request;
    const mediaType = admitted.mediaType ?? GRAPHQL_TYPES[0];
    const asked: Asked = { method: body === undefined ? 'GET' : 'POST', target, body };
    const coding = codings.memo(request.headers['accept-encoding'] ?? '');
    const { permissions } = caller;
    const key = responseKey({ permissions, mediaType, coding, method: asked.method, text: body ?? target });
    const demands = freshnessDemandsOf(request.headers['cache-control']);
    // How old a response is that was kept, nobody knows.
    const mayBeKept = isFast && demands?.maxAgeMs === undefined && admitted.mediaType !== undefined;
    const kept = mayBeKept ? responses.find(key) : undefined;
    if (kept !== undefined) {
      send(request, response, kept);
      return undefined;
    }
    if (framing !== undefined) {
      const outcome = await stream(request, response, demands, admitted);
      if (outcome !== undefined) return outcome === 'answered' ? undefined : outcome.refusal;
    }
    const made = await make(
      asked,
      { caller, demands, mediaType, coding },
      createClientSignal(response),
    ).catch((error: unknown) => {
      if (response.destroyed && error instanceof Error && error.name === 'AbortError') return undefined;
      throw error;
    });
    if (made === undefined || isOver(response)) return undefined;
    if (isFast && made.status === 200) responses.keep(key, made);
    send(request, response, made);
    return undefined;
  };
}

/** Whether nobody waits for it any more, or it had to make room. */
function isOver(response: ServerResponse): boolean {
  return response.headersSent || response.destroyed;
}

/** What was asked. */
interface Asked {
  readonly method: 'GET' | 'POST';
  readonly target: string;
  readonly body: string | undefined;
}

/** How it is answered. */
interface Answered {
  readonly caller: Caller;
  readonly demands: FreshnessDemands | undefined;
  readonly mediaType: string;
  readonly coding: ContentCoding;
}

/** A body that asks for one operation, as far as one can tell without looking into it. */
function singleOperation(body: string | undefined): object | undefined {
  if (body === undefined) return undefined;
  try {
    const sent: unknown = JSON.parse(body);
    return sent instanceof Object && !Array.isArray(sent) ? sent : undefined;
  } catch {
    // yoga's way says what is wrong with it.
    return undefined;
  }
}

/** The operation that a GET asks for, as far as one can tell. */
function operationInUrl(target: string): object | undefined {
  try {
    return readUrl({ url: target });
  } catch {
    // yoga's way says what is wrong with it.
    return undefined;
  }
}

/** Below this, packing saves nothing: it all fits into one packet. */
const MIN_PACKED_BYTES = 1_024;

async function packed(
  { status, headers, body: text }: RenderedResult,
  options: {
    readonly coding: ContentCoding;
    readonly hasTag: boolean;
    readonly freshForMs: () => number;
  },
): Promise<KeptResponse> {
  const { hasTag, freshForMs } = options;
  const textBytes = Buffer.byteLength(text);
  const coding = textBytes < MIN_PACKED_BYTES ? 'identity' : options.coding;
  const body = coding === 'identity' ? text : await packBody(text, coding);
  return {
    status,
    headers: [
      ...Object.entries(headers).flat(),
      ...(coding === 'identity' ? [] : ['content-encoding', coding]),
      'content-length',
      String(typeof body === 'string' ? textBytes : body.length),
    ],
    body,
    // What is ASCII is the same in both, and Node writes Latin-1 faster.
    encoding: textBytes === text.length ? 'latin1' : 'utf8',
    etag: hasTag && status === 200 ? entityTag(text, coding) : undefined,
    freshForMs,
  };
}

const MAX_REMEMBERED_CODINGS = 100;

const VARY = 'Accept, Accept-Encoding, Origin';
/** Whatever may change a response, besides the URL. */
const VARY_OF_KEPT = `${VARY}, Authorization, X-Api-Key`;
const NOT_TO_BE_KEPT: HeaderList = ['cache-control', 'no-store', 'vary', VARY];
