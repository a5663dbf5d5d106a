import { crc32 } from 'node:zlib';
import { LRUCache } from 'lru-cache';

/** A complete response, as it was sent and may be sent again. */
export interface KeptResponse {
  readonly status: number;
  /** Names and values in turn, but for those that say how long it may be kept. */
  readonly headers: readonly string[];
  /** A text takes less time to send than a buffer, since Node sends it with the head. */
  readonly body: string | Buffer;
  /** In which a text is sent: `latin1` only where that is the same. */
  readonly encoding: 'latin1' | 'utf8';
  /** The validator of a response that clients may keep. */
  readonly etag: string | undefined;
  /** How much longer it is right, from when it is called. */
  readonly freshForMs: () => number;
}

/** Complete responses, each for as long as everything that it is made of is what would be served. */
export interface ResponseStore {
  /** One that is still right. */
  find(key: string): KeptResponse | undefined;
  /**
   * Keeps one that is right for some time, within the bound, the second time that it is made: most of those that are
   * asked for once never come again, and would only drive out others.
   */
  keep(key: string, response: KeptResponse): void;
}

/** Headers, functions, and the entry itself. */
const BYTES_PER_RESPONSE = 1_024;

/**
 * How many keys that came once are remembered, at most: about as many as there is room for responses. What comes again
 * only after more than those would have been driven out before.
 */
const SIGHTS = 2_048;

export function createResponseStore(maxBytes: number): ResponseStore {
  const kept = new LRUCache<string, KeptResponse>({
    maxSize: maxBytes,
    sizeCalculation: ({ body, encoding }, key) =>
      BYTES_PER_RESPONSE + body.length * (encoding === 'latin1' ? 1 : 2) + key.length * 2,
  });
  /** The checksum of the key that last came to each slot. */
  const sights = new Uint32Array(SIGHTS);

  /** Whether it came before, not long ago: two keys with one checksum are taken for one, which only keeps too much. */
  function isKnown(key: string): boolean {
    const checksum = crc32(key);
    const slot = checksum % SIGHTS;
    const isSame = sights[slot] === checksum;
    sights[slot] = checksum;
    return isSame;
  }

  return {
    find(key) {
      const response = kept.get(key);
      if (response === undefined || response.freshForMs() > 0) return response;
      kept.delete(key);
      return undefined;
    },
    keep(key, response) {
      if (response.freshForMs() > 0 && isKnown(key)) kept.set(key, response);
    },
  };
}
