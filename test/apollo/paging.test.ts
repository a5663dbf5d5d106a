import { CombinedGraphQLErrors, type ErrorPolicy } from '@apollo/client';
import { filter, firstValueFrom } from 'rxjs';
import { expect, onTestFinished, test } from 'vitest';
import { recordAt } from '../../src/sandbox/records.ts';
import { readGrowingList, WORKLIST, type Worklist } from './growing-list.ts';
import { startApollo } from './set-up.ts';

const STILL = { startedAtMs: 0, arrivalEveryMs: 0 };

async function watchWorklist(recordCount: number, errorPolicy: ErrorPolicy = 'none') {
  const { client, sandbox, answers } = await startApollo({
    gateway: { sandbox: { recordCount } },
    typePolicies: { Query: { fields: { worklist: await readGrowingList() } } },
  });
  const observable = client.watchQuery({ query: WORKLIST, variables: { offset: 0, limit: 20 }, errorPolicy });
  const subscription = observable.subscribe(() => {});
  onTestFinished(() => subscription.unsubscribe());
  await firstValueFrom(observable.pipe(filter(({ loading }) => !loading)));

  function worklist(): Worklist {
    const { data, dataState } = observable.getCurrentResult();
    if (dataState !== 'complete' || data.worklist === null) throw new Error(`The data is ${dataState}.`);
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
    fetchMore: () => observable.fetchMore({ variables: { offset: worklist().records.length }, errorPolicy }),
    refetch: () => observable.refetch(),
    /** Polls until the first page has come twice. */
    async poll(): Promise<void> {
      const before = answers().length;
      observable.startPolling(20);
      await expect.poll(() => answers().length).toBeGreaterThan(before + 1);
      observable.stopPolling();
    },
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
  expect(ids).toEqual(Array.from({ length: 45 }, (_, index) => recordAt(index, STILL, 0).id));
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

test("with errorPolicy 'all' a page that fails leaves the list as it was, too", async () => {
  const { sandbox, worklist, fetchMore, waitForLength } = await watchWorklist(45, 'all');
  const firstPage = worklist();
  sandbox.configure({ faults: [{ on: 'worklist', status: 500 }] });
  expect((await fetchMore()).error).toBeInstanceOf(CombinedGraphQLErrors);
  expect(worklist()).toEqual(firstPage);

  sandbox.configure({ faults: [] });
  await fetchMore();
  await waitForLength(40);
});

test('polling asks for the first page again and keeps the later ones, refetch begins the list anew', async () => {
  const { worklist, fetchMore, poll, refetch, waitForLength } = await watchWorklist(45);
  await fetchMore();
  await waitForLength(40);
  await fetchMore();
  await waitForLength(45);
  const whole = worklist();
  await poll();
  expect(worklist()).toEqual(whole);
  expect(whole.hasNextPage).toBe(false);
  await refetch();
  expect(worklist().records).toEqual(whole.records.slice(0, 20));
  expect(worklist().hasNextPage).toBe(true);
});
