import { CombinedGraphQLErrors, type ErrorLike } from '@apollo/client';

/** A list as `worklistPolicy` makes it. */
interface List {
  readonly records: readonly { readonly id: string }[];
  readonly offset: number;
}

/** Where a page is to begin: the variables of the query. */
export interface PageStart {
  readonly after: string | null;
  readonly offset: number;
}

type FetchPage = (start: PageStart) => Promise<{ readonly error?: ErrorLike }>;

/**
 * Fetches the page behind the last record of a list. Where that record is gone, behind an earlier one, which the list
 * then goes on from; where all are, the first page. Throws what `fetchPage` throws or says.
 */
export async function fetchNextPage(list: List, fetchPage: FetchPage): Promise<void> {
  for (const start of startsBehind(list)) {
    const error = await fetchPage(start).then(
      (result) => result.error,
      (thrown: unknown) => thrown,
    );
    if (error === undefined) return;
    if (!isCursorLost(error)) throw error;
  }
}

/** Behind the last record, then behind earlier ones, each twice as far back; at last the head of the list. */
function* startsBehind({ records, offset }: List): Generator<PageStart> {
  for (let back = 1; back <= records.length; back *= 2) {
    const index = records.length - back;
    yield { after: records[index]?.id ?? null, offset: offset + index + 1 };
  }
  yield { after: null, offset: 0 };
}

function isCursorLost(error: unknown): boolean {
  return (
    CombinedGraphQLErrors.is(error) &&
    error.errors.some(({ extensions }) => extensions?.['code'] === 'CURSOR_LOST')
  );
}
