/** One thing that is measured, of each server that takes part. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** Clients that ask at the same time, each again as soon as it is answered. */
  readonly connections: number;
  /** What they ask for, in turn. */
  readonly windows: readonly Window[];
  /** What is asked for before, so that it is in memory. */
  readonly warmUp: readonly Window[];
  /** How long the upstream takes for a page. */
  readonly upstreamMs: number;
  /** For how long, at most: as long as there are windows that nobody has asked for. */
  readonly isOnce: boolean;
  /** Only of these servers. */
  readonly only?: readonly string[];
}

export interface Window {
  readonly offset: number;
  readonly limit: number;
}

export const QUERY =
  'query Page($offset: Int!, $limit: Int!) { worklist(offset: $offset, limit: $limit) { total hasNextPage records { id title status progress language createdAt } } }';

/** The body of the request for a window. */
export function bodyFor({ offset, limit }: Window): string {
  return JSON.stringify({ query: QUERY, variables: { offset, limit } });
}

const PAGE_LENGTH = 20;
const LARGE_PAGE_LENGTH = 100;
const PAGES = 100;
const HOT_CONNECTIONS = 64;
const COLD_CONNECTIONS = 128;
const COLD_PAGES = 60_000;
const COLD_UPSTREAM_MS = 20;

const pages = (count: number, limit: number): readonly Window[] =>
  Array.from({ length: count }, (_, page) => ({ offset: page * limit, limit }));

const hot = { connections: HOT_CONNECTIONS, upstreamMs: 0, isOnce: false };

const largePages = pages(PAGES, LARGE_PAGE_LENGTH);

/** Windows within the large pages, none of them one that was asked for before it comes round again. */
const cuts = largePages.flatMap(({ offset }) =>
  [20, 19, 18, 17, 16].flatMap((limit) =>
    Array.from({ length: LARGE_PAGE_LENGTH - PAGE_LENGTH + 1 }, (_, start) => ({
      offset: offset + start,
      limit,
    })),
  ),
);

export const SCENARIOS: readonly Scenario[] = [
  {
    ...hot,
    name: 'same-page',
    title: 'same page, 20 records',
    windows: pages(1, PAGE_LENGTH),
    warmUp: pages(1, PAGE_LENGTH),
  },
  {
    ...hot,
    name: 'pages',
    title: '100 pages in turn',
    windows: pages(PAGES, PAGE_LENGTH),
    warmUp: pages(PAGES, PAGE_LENGTH),
  },
  {
    ...hot,
    name: 'large-page',
    title: 'same page, 100 records',
    windows: pages(1, LARGE_PAGE_LENGTH),
    warmUp: pages(1, LARGE_PAGE_LENGTH),
  },
  {
    ...hot,
    name: 'warm',
    title: 'another window each time, cut from pages in memory',
    windows: cuts,
    warmUp: largePages,
    only: ['gateway', 'jit', 'yoga'],
  },
  {
    name: 'cold',
    title: `every page once, upstream ${COLD_UPSTREAM_MS} ms`,
    connections: COLD_CONNECTIONS,
    upstreamMs: COLD_UPSTREAM_MS,
    windows: pages(COLD_PAGES, PAGE_LENGTH),
    warmUp: [],
    isOnce: true,
    only: ['upstream', 'gateway', 'gateway-16', 'yoga', 'apollo', 'mercurius', 'hive'],
  },
];
