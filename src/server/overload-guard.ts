import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { GatewayError } from '../errors.ts';
import { REQUEST_LIMITS } from '../limits.ts';
import type { Refusal } from './refusal.ts';

/** What a piece of a body takes besides: one may hold a single byte. */
const BYTES_PER_PIECE = 128;

const OVERLOADED: Refusal = {
  status: 503,
  error: new GatewayError('OVERLOADED', 'The gateway has too many requests at once.', {
    retryAfterMs: 1_000,
  }),
};

/** Answers a request with a refusal. */
type Refuse = (refusal: Refusal, request: IncomingMessage, response: ServerResponse) => void;

interface InFlight {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** What has come of it: its target, and its body so far. */
  bytes: number;
  /** Whether it was let in, and may be being read. */
  isIn: boolean;
  /** Counts the requests in the order in which they came. */
  readonly order: number;
  /** Where it stands among those in flight; `undefined` once it is no longer. */
  place: number | undefined;
}

/** The place of a request among those in flight. */
export interface GuardedPlace {
  /** Counts a piece of the body. */
  readonly onPiece: (piece: Buffer) => void;
  /** Gives the place to others, while the response goes on. */
  readonly leave: () => void;
}

/** Answers a request, and tells of each piece of its body, which it begins to read at once where it is a POST. */
export type GuardedListener = (
  request: IncomingMessage,
  response: ServerResponse,
  place: GuardedPlace,
) => void;

/**
 * At most `maxRequests` that `listener` has not answered yet, and 8 MiB of what they have sent so far. Beyond that, the
 * one whose body has been on its way for longest gets 503 with `Retry-After` (RFC 9110, section 15.6.4), so that those
 * who stall do not keep out others; where all bodies are there, the one that comes, before anything of it is read.
 */
export function withOverloadGuard(
  listener: GuardedListener,
  options: { readonly maxRequests: number; readonly refuse: Refuse },
): RequestListener {
  const { maxRequests } = options;
  /**
   * In any order. A Set, whose table is made anew each time as many have come and gone as it holds, would keep the old
   * tables in memory with all that was in them, until the next full collection.
   */
  const inFlight: InFlight[] = [];
  let inFlightBytes = 0;
  let requests = 0;

  function forget(one: InFlight): void {
    if (one.place === undefined) return;
    const last = inFlight.pop();
    if (last !== undefined && last !== one) {
      inFlight[one.place] = last;
      last.place = one.place;
    }
    one.place = undefined;
    inFlightBytes -= one.bytes;
  }

  const isTooMuch = () => inFlight.length > maxRequests || inFlightBytes > REQUEST_LIMITS.maxInFlightBytes;

  function count(one: InFlight, bytes: number): void {
    if (one.place === undefined) return;
    one.bytes += bytes;
    inFlightBytes += bytes;
    while (isTooMuch()) {
      const first = firstOf(inFlight.filter(isOnItsWay));
      if (first === undefined) return;
      refuse(first);
    }
  }

  function refuse(one: InFlight): void {
    forget(one);
    // Whoever reads it would go on with what is still to come.
    if (one.isIn) one.response.setHeader('connection', 'close');
    options.refuse(OVERLOADED, one.request, one.response);
  }

  return (request, response) => {
    const one: InFlight = {
      request,
      response,
      bytes: 0,
      isIn: false,
      order: (requests += 1),
      place: inFlight.length,
    };
    inFlight.push(one);
    response.once('close', () => forget(one));
    // Node takes up so much of a body that nobody reads.
    const unread = hasBody(request) && request.method !== 'POST' ? request.readableHighWaterMark : 0;
    count(one, (request.url?.length ?? 0) + unread);
    if (one.place === undefined) return;
    one.isIn = true;
    listener(request, response, {
      onPiece: (piece) => count(one, piece.length + BYTES_PER_PIECE),
      leave: () => forget(one),
    });
  };
}

function firstOf(requests: readonly InFlight[]): InFlight | undefined {
  return requests.reduce<InFlight | undefined>(
    (first, each) => (first === undefined || each.order < first.order ? each : first),
    undefined,
  );
}

/** Whether it is neither there as a whole nor answered. */
function isOnItsWay({ request, response }: InFlight): boolean {
  return !request.complete && !response.headersSent;
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
