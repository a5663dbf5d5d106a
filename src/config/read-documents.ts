import { z } from 'zod';
import { documentHash } from '../document-hash.ts';
import type { ConfigProblem } from './config-error.ts';
import { readJsonFile } from './read-json-file.ts';
import type { ReadFile } from './read-text-file.ts';

const VARIABLE = 'GATEWAY_DOCUMENTS_FILE';

/** What Apollo's `generate-persisted-query-manifest` writes, as far as it is needed. */
const manifest = z
  .object({ operations: z.array(z.object({ id: z.string(), body: z.string() })) })
  .transform(({ operations }) => new Map(operations.map(({ id, body }) => [id, body])));

const plain = z.record(z.string(), z.string()).transform((documents) => new Map(Object.entries(documents)));

/** The allow-list's documents by their SHA-256; `undefined` without a file. */
export function readDocuments(
  path: string | undefined,
  readFile: ReadFile,
): {
  readonly documents: ReadonlyMap<string, string> | undefined;
  readonly problems: readonly ConfigProblem[];
} {
  const refuse = (rule: string) => ({ documents: undefined, problems: [{ variable: VARIABLE, rule }] });
  if (path === undefined) return { documents: undefined, problems: [] };
  const file = readJsonFile(path, readFile);
  if ('rule' in file) return refuse(file.rule);
  const parsed = z.union([manifest, plain]).safeParse(file.json);
  if (!parsed.success) {
    return refuse(
      "must hold Apollo's manifest of persisted queries, or an object of documents by their SHA-256",
    );
  }
  if (parsed.data.size === 0) return refuse('must hold a document: with none, nothing could be asked');
  return [...parsed.data].every(([hash, document]) => documentHash(document) === hash)
    ? { documents: parsed.data, problems: [] }
    : refuse('must give each document its own SHA-256');
}
