import { createHash } from 'node:crypto';

/** One request of a flood, by its number, from 0. */
export interface FloodRequest {
  readonly method: 'GET' | 'POST';
  /** Behind the gateway's GraphQL path. */
  readonly search?: string;
  readonly body?: string;
}

/** Requests of one kind, each different from all others. */
export interface Flood {
  readonly name: string;
  readonly requests: number;
  readonly request: (number: number) => FloodRequest;
  /** A new connection for each of so many addresses; absent: one address. */
  readonly addresses?: number;
  /** Nothing of the upstream's answers, so that all requests wait until they are given up. */
  readonly upstreamHangs?: boolean;
  /** How many are in flight at once. */
  readonly concurrency?: number;
}

function post(body: Readonly<Record<string, unknown>>): FloodRequest {
  return { method: 'POST', body: JSON.stringify(body) };
}

function get(parameters: Readonly<Record<string, string>>): FloodRequest {
  return { method: 'GET', search: new URLSearchParams(parameters).toString() };
}

function persisted(query: string) {
  const sha256Hash = createHash('sha256').update(query).digest('hex');
  return { persistedQuery: { version: 1, sha256Hash } };
}

/** 90 kB of JSON that takes twenty times as much once it is parsed. */
const MANY_OBJECTS = Array.from({ length: 30_000 }, () => ({}));

const PAGE = 'query Page { worklist { total } }';

export const FLOODS: readonly Flood[] = [
  {
    name: 'documents with unknown fields',
    requests: 8_000,
    request: (n) => post({ query: `{ ${fields(10, (i) => `x${n}_${i}`)} }` }),
  },
  {
    name: 'documents with wrong arguments',
    requests: 8_000,
    request: (n) => post({ query: `{ ${fields(10, (i) => `p${i}: worklist(limit: "${n}") { total }`)} }` }),
  },
  {
    name: 'documents that are no GraphQL',
    requests: 8_000,
    request: (n) => post({ query: `{ token { tokenType } } }${n}` }),
  },
  {
    name: 'requests of 10 kB for one page, each sent three times, so that its response is kept',
    requests: 15_000,
    request: (n) => post({ query: PAGE, extensions: { padding: `${Math.floor(n / 3)}`.padEnd(10_000) } }),
  },
  {
    name: 'documents that are executed four times, so that they may be compiled',
    requests: 12_000,
    // Another page each time: else it would be the response that is kept.
    request: (n) =>
      post({
        query: `query ($offset: Int!) { worklist(offset: $offset, limit: 5) { ${fields(25, (i) => `x${Math.floor(n / 4)}_${i}: total`)} records { id } } }`,
        variables: { offset: n % 4 },
      }),
  },
  {
    name: 'small documents',
    requests: 30_000,
    request: (n) => post({ query: `{__typename}#${n}` }),
  },
  {
    name: 'documents of many tokens',
    requests: 5_000,
    request: (n) => post({ query: `{ token { ${'tokenType '.repeat(300)} } } #${n}` }),
  },
  {
    name: 'documents of many comments',
    requests: 1_000,
    request: (n) => post({ query: `{ __typename }${'\n#'.repeat(20_000)}${n}` }),
  },
  {
    name: 'persisted documents',
    requests: 30_000,
    request(n) {
      const query = `{__typename}#${n}`;
      return post({ query, extensions: persisted(query) });
    },
  },
  {
    name: 'persisted documents in long URLs',
    requests: 3_000,
    request(n) {
      const query = `{__typename}#${n}`;
      return get({ query, extensions: JSON.stringify(persisted(query)), unused: 'x'.repeat(12_000) });
    },
  },
  {
    name: 'names of operations of 50 kB',
    requests: 1_000,
    request: (n) => post({ query: PAGE, operationName: `${n}${'x'.repeat(50_000)}` }),
  },
  {
    name: 'operations named with 50 kB',
    requests: 1_000,
    request: (n) => post({ query: `query ${'x'.repeat(50_000)}${n} { __typename }` }),
  },
  {
    name: 'pages at different offsets',
    requests: 5_000,
    request: (n) =>
      post({ query: 'query ($n: Int!) { worklist(offset: $n) { total } }', variables: { n: n * 20 } }),
  },
  {
    name: 'callers at different addresses',
    requests: 12_000,
    addresses: 12_000,
    request: () => post({ query: PAGE }),
  },
  {
    name: 'variables and extensions of 90 kB',
    requests: 1_000,
    request: (n) => post({ query: PAGE, variables: { n, more: MANY_OBJECTS } }),
  },
  {
    name: 'variables of 90 kB that wait for the upstream',
    requests: 1_900,
    concurrency: 1_900,
    upstreamHangs: true,
    request: (n) => post({ query: PAGE, variables: { n, more: MANY_OBJECTS } }),
  },
];

function fields(count: number, field: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => field(index)).join(' ');
}
