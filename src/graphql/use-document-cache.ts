import type { DocumentNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import { MEMORY_LIMITS } from '../limits.ts';

/** What a token takes once it is parsed, with its part of the tree: 523 at most, where each is a field. */
const BYTES_PER_TOKEN = 640;

/** What a character may take, and what an entry takes besides. */
const BYTES_PER_CHARACTER = 2;
const BYTES_PER_DOCUMENT = 1_024;

/**
 * Parses and validates a document once, as long as it is remembered: within 32 MiB, the one unused for longest is
 * forgotten first. Only valid ones are remembered. A wrong one comes from a mistake, or from somebody who sends
 * a different one each time, and its errors hold their stacks.
 */
export function useDocumentCache(maxBytes: number = MEMORY_LIMITS.maxParsedDocumentBytes): Plugin {
  const known = new LRUCache<string, DocumentNode>({ maxSize: maxBytes, sizeCalculation: bytesOf });
  return {
    onParse({ params: { source }, setParsedDocument }) {
      const document = known.get(typeof source === 'string' ? source : source.body);
      if (document !== undefined) setParsedDocument(document);
    },
    onValidate({ params: { documentAST }, setResult }) {
      const text = documentAST.loc?.source.body;
      if (text === undefined) return undefined;
      if (known.peek(text) === documentAST) {
        setResult([]);
        return undefined;
      }
      return ({ valid }) => {
        if (valid) known.set(text, documentAST);
      };
    },
  };
}

function bytesOf(document: DocumentNode, text: string): number {
  return BYTES_PER_DOCUMENT + text.length * BYTES_PER_CHARACTER + countTokens(document) * BYTES_PER_TOKEN;
}

/** All that hang together in a parsed document. `tokenCount` leaves out comments, of which there may be most. */
function countTokens({ loc }: DocumentNode): number {
  let count = 0;
  for (let token = loc?.startToken ?? null; token !== null; token = token.next) count += 1;
  return count;
}
