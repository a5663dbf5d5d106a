import type { GraphQLParams } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import { documentHash } from '../document-hash.ts';
import { GatewayError } from '../errors.ts';
import { MEMORY_LIMITS } from '../limits.ts';

/** Documents by their hashes. */
export type Documents = ReadonlyMap<string, string>;

/**
 * The parameters of an operation with the document that is to run, as far as they are well-formed: that is checked
 * later. Throws why there is none.
 */
export type FindDocument = (sent: unknown) => unknown;

/** What a character may take, and what an entry takes besides, with its hash. */
const BYTES_PER_CHARACTER = 2;
const BYTES_PER_DOCUMENT = 512;

/**
 * Apollo's automatic persisted queries: a client sends the hash of a document, and the document only where the
 * gateway does not know it yet (`PERSISTED_QUERY_NOT_FOUND`). What was sent is remembered within 16 MiB.
 */
export function findPersisted(maxBytes: number = MEMORY_LIMITS.maxPersistedDocumentBytes): FindDocument {
  const remembered = new LRUCache<string, string>({
    maxSize: maxBytes,
    sizeCalculation: (document) => BYTES_PER_DOCUMENT + document.length * BYTES_PER_CHARACTER,
  });
  return (sent) => {
    if (!isWellFormed(sent)) return sent;
    const hash = hashIn(sent);
    if (hash === undefined) return sent;
    if (!sent.query) {
      const query = remembered.get(hash);
      if (query === undefined) throw notFound();
      return { ...sent, query };
    }
    if (documentHash(sent.query) !== hash) {
      throw new GatewayError('BAD_REQUEST', 'The hash is not that of the document.');
    }
    remembered.set(hash, sent.query);
    return sent;
  };
}

/** Only these documents run, sent by their hash or in full. */
export function findAllowed(documents: Documents): FindDocument {
  return (sent) => {
    if (!isWellFormed(sent)) return sent;
    const hash = sent.query ? documentHash(sent.query) : hashIn(sent);
    const query = hash === undefined ? undefined : documents.get(hash);
    if (query !== undefined) return { ...sent, query };
    if (!sent.query) throw notFound();
    throw new GatewayError('FORBIDDEN', 'This document is none of those that run here.');
  };
}

/** Whether there is something to look at here. What is not is refused by the check of parameters, which comes later. */
function isWellFormed(params: unknown): params is GraphQLParams {
  const { query }: { query?: unknown } = Object(params);
  return params instanceof Object && (query === undefined || query === null || typeof query === 'string');
}

/** The hash that a client sends in place of a document, or with it. */
function hashIn({ extensions }: GraphQLParams): string | undefined {
  const { version, sha256Hash }: { version?: unknown; sha256Hash?: unknown } = Object(
    extensions?.['persistedQuery'],
  );
  return version === 1 && typeof sha256Hash === 'string' ? sha256Hash : undefined;
}

/** Apollo Client knows it by this very message. */
function notFound(): GatewayError {
  return new GatewayError('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound');
}
