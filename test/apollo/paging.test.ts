import { CombinedGraphQLErrors, gql, type FieldPolicy, type TypedDocumentNode } from '@apollo/client';
import { filter, firstValueFrom } from 'rxjs';
import { expect, onTestFinished, test } from 'vitest';
import { recordAt } from '../../src/sandbox/records.ts';
import { startApollo } from './set-up.ts';

interface Worklist {
  readonly records: readonly { readonly id: string; readonly title: string | null }[];
  readonly hasNextPage: boolean;
}

const WORKLIST: TypedDocumentNode<
  { readonly worklist: Worklist },
  { readonly offset: number; readonly limit: number }
> = gql`
  query Worklist($offset: Int!, $limit: Int!) {
    worklist(offset: $offset, limit: $limit) {
      records {
        id
        title
      }
      hasNextPage
    }
  }
`;

/** One list that grows, however many pages it came in. */
const GROWING_LIST: FieldPolicy<Worklist> = {
  keyArgs: false,
  merge(existing, incoming, { args }) {
    const before = existing?.records.slice(0, args?.['offset']) ?? [];
    return { ...incoming, records: [...before, ...incoming.records] };
  },
};

async function watchWorklist(recordCount: number) {
  const { client, sandbox } = await startApollo({
    gateway: { sandbox: { recordCount } },
    typePolicies: { Query: { fields: { worklist: GROWING_LIST } } },
  });
  const observable = client.watchQuery({ query: WORKLIST, variables: { offset: 0, limit: 20 } });
  const subscription = observable.subscribe(() => {});
  onTestFinished(() => subscription.unsubscribe());
  await firstValueFrom(observable.pipe(filter(({ loading }) => !loading)));

  function worklist(): Worklist {
    const { data, dataState } = observable.getCurrentResult();
    if (dataState !== 'complete') throw new Error(`The data is ${dataState}.`);
    return data.worklist;
  }
  /** Apollo hands the merged list on a moment after `fetchMore` resolves. */
  async function waitForLength(length: number): Promise<void> {
    await expect.poll(() => worklist().records.length).toBe(length);
  }

  return {
    sandbox,
    worklist,
    waitForLength,
    fetchMore: () => observable.fetchMore({ variables: { offset: worklist().records.length } }),
  };
}

test('fetchMore reads the whole worklist page by page, in the order of GoSpeech', async () => {
  const { sandbox, worklist, fetchMore, waitForLength } = await watchWorklist(45);
  await waitForLength(20);
  await fetchMore();
  await waitForLength(40);
  expect(worklist().hasNextPage).toBe(true);
  await fetchMore();
  await waitForLength(45);
  expect(worklist().hasNextPage).toBe(false);

  const ids = worklist().records.map(({ id }) => id);
  expect(ids).toEqual(Array.from({ length: 45 }, (_, index) => recordAt(index, 0, 0).id));
  expect(new Set(ids).size).toBe(45);
  expect(sandbox.worklistRequests().map(({ query }) => query)).toEqual([
    { offset: '0', limit: '20' },
    { offset: '20', limit: '20' },
    { offset: '40', limit: '20' },
  ]);
});

test('a page that fails leaves the list as it was, and can be fetched again', async () => {
  const { sandbox, worklist, fetchMore, waitForLength } = await watchWorklist(45);
  const firstPage = worklist();
  sandbox.configure({ faults: [{ on: 'worklist', status: 500 }] });
  await expect(fetchMore()).rejects.toThrow(CombinedGraphQLErrors);
  expect(worklist()).toEqual(firstPage);

  sandbox.configure({ faults: [] });
  await fetchMore();
  await waitForLength(40);
});
