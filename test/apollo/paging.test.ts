import { CombinedGraphQLErrors, type ErrorPolicy } from '@apollo/client';
import { filter, firstValueFrom } from 'rxjs';
import { expect, onTestFinished, test } from 'vitest';
import { recordAt } from '../../src/sandbox/records.ts';
import { fetchNextPage } from '../../examples/react-apollo/src/fetch-next-page.ts';
import { worklistPolicy } from '../../examples/react-apollo/src/worklist-policy.ts';
import { WORKLIST, type Worklist } from './growing-list.ts';
import { startApollo, type ApolloOptions } from './set-up.ts';

const STILL = { startedAtMs: 0, arrivalEveryMs: 0 };

async function watchWorklist(
  recordCount: number,
  {
    errorPolicy = 'none',
    gateway = {},
  }: { errorPolicy?: ErrorPolicy; gateway?: ApolloOptions['gateway'] } = {},
) {
  const { client, sandbox, answers } = await startApollo({
    gateway: { ...gateway, sandbox: { recordCount, ...gateway?.sandbox } },
    typePolicies: { Query: { fields: { worklist: worklistPolicy } } },
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
    fetchMore: () =>
      fetchNextPage(worklist(), (variables) => observable.fetchMore({ variables, errorPolicy })),
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
    { offset: '19', limit: '21' },
    { offset: '39', limit: '21' },
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
  const { sandbox, worklist, fetchMore, waitForLength } = await watchWorklist(45, { errorPolicy: 'all' });
  const firstPage = worklist();
  sandbox.configure({ faults: [{ on: 'worklist', status: 500 }] });
  await expect(fetchMore()).rejects.toThrow(CombinedGraphQLErrors);
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

test('of a list that grows while it is paged and polled, every record comes once, in the order of GoSpeech', async () => {
  let nowMs = Date.UTC(2026, 0, 30, 9);
  const { sandbox, worklist, fetchMore, poll } = await watchWorklist(100, {
    gateway: { sandboxNow: () => nowMs, cache: { ttlMs: 0 }, sandbox: { arrivalEveryMs: 1_000 } },
  });
  const idsOf = () => worklist().records.map(({ id }) => id);
  const begin = new Set(idsOf());
  let rounds = 0;
  while (worklist().hasNextPage) {
    nowMs += 4_000;
    if (rounds % 2 === 1) await poll();
    const before = idsOf().length;
    await fetchMore();
    await expect.poll(() => idsOf().length).toBeGreaterThan(before);
    rounds += 1;
    if (rounds > 20) throw new Error('It has no end.');
  }
  await poll();
  const total = worklist().total ?? 0;
  expect(total).toBeGreaterThan(110);
  expect(new Set(idsOf()).size).toBe(total);
  expect(idsOf()).toHaveLength(total);
  expect(idsOf().filter((id) => begin.has(id))).toHaveLength(begin.size);
  // No more than a call for each page and poll.
  expect(sandbox.worklistRequests().length).toBeLessThan(30);
});

test('behind a record that is gone nothing is lost: the list goes on from an earlier one', async () => {
  const list = { offset: 3, records: ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id })) };
  const asked: unknown[] = [];
  await fetchNextPage(list, (start) => {
    asked.push(start);
    const lost = new CombinedGraphQLErrors({
      errors: [{ message: '', extensions: { code: 'CURSOR_LOST' } }],
    });
    return asked.length < 3 ? Promise.reject(lost) : Promise.resolve({});
  });
  expect(asked).toEqual([
    { after: 'e', offset: 8 },
    { after: 'd', offset: 7 },
    { after: 'b', offset: 5 },
  ]);
});

test('where the first page fails too, that is said', async () => {
  const error = new Error('down');
  await expect(fetchNextPage({ records: [], offset: 0 }, () => Promise.resolve({ error }))).rejects.toBe(
    error,
  );
});

test('a refresh button, as docs/clients.md writes it, gets the newest page to all who watch', async () => {
  let nowMs = Date.UTC(2026, 0, 30, 9);
  const { client, sandbox } = await startApollo({
    gateway: { sandboxNow: () => nowMs, cache: { ttlMs: 60_000 }, sandbox: { arrivalEveryMs: 1_000 } },
  });
  const observable = client.watchQuery({ query: WORKLIST, variables: { offset: 0, limit: 20 } });
  const totals: (number | null | undefined)[] = [];
  const subscription = observable.subscribe(({ data }) =>
    totals.push((data as { worklist?: Worklist })?.worklist?.total),
  );
  onTestFinished(() => subscription.unsubscribe());
  await expect.poll(() => totals.at(-1)).toBe(240);
  nowMs += 60_000;
  // A page of the last second is new enough for anybody.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await client.query({
    query: WORKLIST,
    variables: { offset: 0, limit: 20 },
    fetchPolicy: 'network-only',
    context: { headers: { 'cache-control': 'no-cache' } },
  });
  await expect.poll(() => totals.at(-1)).toBeGreaterThan(240);
  expect(sandbox.worklistRequests()).toHaveLength(2);
});
