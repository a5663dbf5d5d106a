import type { FieldPolicy, Reference } from '@apollo/client';

/** The fields of a `Worklist` that this policy goes by; a query of pages has to ask for them, and for each record's `id`. */
interface Page {
  /** Left out by a query that only wants to know something of the list, such as its `total`. */
  readonly records?: readonly Reference[];
  readonly offset?: number;
  readonly hasNextPage?: boolean | undefined;
  /** How old it is; it may be left out. */
  readonly fetchedAt?: string;
  readonly stale?: boolean;
}

/**
 * For `typePolicies: { Query: { fields: { worklist: worklistPolicy } } }`: makes one growing list of pages, whichever
 * comes first. A page with `after` goes behind that record; any other lies over the list from its first record on, or at
 * its `offset`. What followed the last record of a page stays, and nothing comes twice. The `offset` of the list is where
 * it begins, so that `offset + records.length` is where the next page does; its `fetchedAt` and `stale` are those of its
 * first page.
 */
export const worklistPolicy: FieldPolicy<Page | null> = {
  keyArgs: false,
  merge(existing, incoming, { args, readField }) {
    // A page that failed is null: what is there stays.
    if (!existing || !incoming) return incoming ?? existing ?? null;
    if (!existing.records || !incoming.records) return { ...existing, ...incoming };
    const first = existing.offset ?? 0;
    const offset = incoming.offset ?? Number(args?.['offset'] ?? 0);
    const idOf = (record: Reference) => readField<string>('id', record);
    const known = existing.records.map(idOf);
    const after: unknown = args?.['after'];
    const isBehind = typeof after === 'string';
    const cursor = known.findIndex((id) => id === after);
    // It was asked for behind a record that has left the list since.
    if (isBehind && cursor < 0) return existing;
    const begin = isBehind ? cursor + 1 : Math.max(0, offset - first);

    const places = incoming.records.map((record) => known.indexOf(idOf(record)));
    const last = isBehind ? (places.at(-1) ?? -1) : Math.max(-1, ...places);
    const isBeforeList = offset + places.length === first;
    // With nothing in common nobody can tell what follows: the list goes on from this page.
    const tailBegin = last < 0 && !isBeforeList ? Infinity : Math.min(last + 1, begin + places.length);
    const tail = incoming.hasNextPage ? existing.records.slice(tailBegin) : [];

    const seen = new Set<string | undefined>();
    const records = [...existing.records.slice(0, begin), ...incoming.records, ...tail].filter((record) => {
      const id = idOf(record);
      return !seen.has(id) && seen.add(id);
    });
    const end = offset + incoming.records.length + tail.length;
    return {
      ...incoming,
      ...(isBehind && { fetchedAt: existing.fetchedAt, stale: existing.stale }),
      records,
      offset: Math.max(0, end - records.length),
      hasNextPage: tail.length > 0 ? existing.hasNextPage : incoming.hasNextPage,
    };
  },
};
