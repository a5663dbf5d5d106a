/* What the peers have in common: the schema, and a page of the REST API as it gives it. */
import { Agent, request } from 'undici';

export const typeDefs = /* GraphQL */ `
  scalar DateTime
  type Record {
    id: ID!
    title: String
    status: String
    progress: Float
    language: String
    durationMs: Float
    createdAt: DateTime
    updatedAt: DateTime
  }
  type Worklist {
    records: [Record!]!
    total: Int
    hasNextPage: Boolean!
  }
  type Query {
    worklist(offset: Int! = 0, limit: Int! = 20): Worklist
  }
`;

export const port = Number(process.env.PORT);
export const upstreamUrl = process.env.UPSTREAM_URL;
/** Connections to the upstream. */
export const connections = Number(process.env.CONNECTIONS ?? 128);
export const TTL_MS = 60_000;

const agent = new Agent({ connections });

export async function fetchPage(offset, limit) {
  const { body } = await request(`${upstreamUrl}/api/records/worklist?offset=${offset}&limit=${limit}`, {
    headers: { authorization: 'Bearer peer', accept: 'application/json' },
    dispatcher: agent,
  });
  return toPage(await body.json(), offset);
}

export function toPage({ records, total }, offset) {
  return {
    total,
    hasNextPage: offset + records.length < total,
    records: records.map((record) => ({
      id: record.id,
      title: record.title,
      status: record.status,
      progress: record.progress,
      language: record.languageCode,
      durationMs: record.durationSeconds * 1_000,
      createdAt: record.createdAt,
      updatedAt: record.updatedAt,
    })),
  };
}

const LARGE_PAGE = 100;

/**
 * Pages in memory, or cut from a large one that is there; a call for each that is not, shared by all who ask at the
 * same time.
 */
export function createPages(LRUCache) {
  const pages = new LRUCache({ max: 20_000, ttl: TTL_MS });
  const calls = new Map();

  function cut(offset, limit) {
    const start = offset % LARGE_PAGE;
    if (start + limit > LARGE_PAGE) return undefined;
    const large = pages.get(`${offset - start}:${LARGE_PAGE}`);
    if (large === undefined) return undefined;
    const records = large.records.slice(start, start + limit);
    return { total: large.total, hasNextPage: offset + records.length < large.total, records };
  }

  return (offset, limit) => {
    const key = `${offset}:${limit}`;
    const kept = pages.get(key) ?? cut(offset, limit);
    if (kept !== undefined) return kept;
    const running = calls.get(key);
    if (running !== undefined) return running;
    const call = fetchPage(offset, limit)
      .then((page) => {
        pages.set(key, page);
        return page;
      })
      .finally(() => calls.delete(key));
    calls.set(key, call);
    return call;
  };
}
