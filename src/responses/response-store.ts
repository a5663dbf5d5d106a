import { LRUCache } from 'lru-cache';

/** A complete response, as it was sent and may be sent again. */
export interface KeptResponse {
  readonly status: number;
  /** Names and values in turn, but for those that say how long it may be kept. */
  readonly headers: readonly string[];
  readonly body: Buffer;
  /** The validator of a response that clients may keep. */
  readonly etag: string | undefined;
  /** How much longer it is right, from when it is called. */
  readonly freshForMs: () => number;
}

/** Complete responses, each for as long as everything that it is made of is what would be served. */
export interface ResponseStore {
  /** One that is still right. */
  find(key: string): KeptResponse | undefined;
  /** Keeps one that is right for some time, within the bound. */
  keep(key: string, response: KeptResponse): void;
}

/** Headers, functions, and the entry itself. */
const BYTES_PER_RESPONSE = 1_024;

export function createResponseStore(maxBytes: number): ResponseStore {
  const kept = new LRUCache<string, KeptResponse>({
    maxSize: maxBytes,
    sizeCalculation: ({ body }, key) => BYTES_PER_RESPONSE + body.length + key.length * 2,
  });
  return {
    find(key) {
      const response = kept.get(key);
      if (response === undefined || response.freshForMs() > 0) return response;
      kept.delete(key);
      return undefined;
    },
    keep(key, response) {
      if (response.freshForMs() > 0) kept.set(key, response);
    },
  };
}
