import { LRUCache } from 'lru-cache';
import { chooseType, GRAPHQL_TYPES } from './media-type.ts';
import { chooseFraming, type StreamFraming } from './stream-framing.ts';

/** How a request may be answered, by its `Accept`. */
export interface Negotiated {
  /** The media type of one result; `undefined` where none is acceptable. */
  readonly mediaType: (typeof GRAPHQL_TYPES)[number] | undefined;
  /** Of a stream of results, where one is named. */
  readonly framing: StreamFraming | undefined;
}

const MAX_REMEMBERED = 100;

/** Reads each `Accept` once: there are few. */
export function createNegotiation(): (accept: string | undefined) => Negotiated {
  const known = new LRUCache<string, Negotiated>({
    max: MAX_REMEMBERED,
    memoMethod: (accept) => ({
      mediaType: chooseType(accept, GRAPHQL_TYPES),
      framing: chooseFraming(accept),
    }),
  });
  return (accept = '') => known.memo(accept);
}
