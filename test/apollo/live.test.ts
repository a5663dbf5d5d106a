import { gql } from '@apollo/client';
import { createClient } from 'graphql-sse';
import { expect, onTestFinished, test } from 'vitest';
import { startGateway } from '../support/gateway-harness.ts';
import { startApollo } from './set-up.ts';

const QUERY = 'subscription Live { worklist(limit: 2) { total records { id } } }';

test('Apollo Client subscribes over HTTP by itself, and sees the list grow', async () => {
  let nowMs = Date.UTC(2026, 0, 30, 9);
  const { client, answers } = await startApollo({
    gateway: {
      sandboxNow: () => nowMs,
      sandbox: { arrivalEveryMs: 1_000 },
      api: { livePollMs: 100 },
      cache: { ttlMs: 0 },
    },
  });
  const totals: unknown[] = [];
  const errors: unknown[] = [];
  const subscription = client.subscribe({ query: gql(QUERY) }).subscribe({
    next: ({ data, error }) => {
      totals.push((data as { worklist?: { total?: number } } | undefined)?.worklist?.total);
      if (error !== undefined) errors.push(error);
    },
    error: (error: unknown) => errors.push(error),
  });
  onTestFinished(() => subscription.unsubscribe());
  await expect.poll(() => totals.length, { timeout: 5_000 }).toBe(1);
  nowMs += 5_000;
  await expect.poll(() => totals.length, { timeout: 10_000 }).toBeGreaterThan(1);
  expect(errors).toEqual([]);
  expect(Number(totals.at(-1))).toBeGreaterThan(Number(totals[0]));
  expect(answers()[0]?.contentType).toContain('multipart/mixed');
});

test('graphql-sse subscribes, gets queries too, and comes back when the gateway it asked stops', async () => {
  const first = await startGateway();
  let { url } = first;
  let connections = 0;
  const client = createClient({
    url: () => {
      connections += 1;
      return `${url}/graphql`;
    },
    retryAttempts: 5,
    retry: () => Promise.resolve(),
  });
  onTestFinished(() => client.dispose());

  const query = client.iterate({ query: '{ worklist { total } }' });
  expect(await query.next()).toEqual({ done: false, value: { data: { worklist: { total: 240 } } } });
  expect((await query.next()).done).toBe(true);

  const results: unknown[] = [];
  client.subscribe(
    { query: QUERY },
    {
      next: (result) => results.push(result.data),
      error: () => {},
      complete: () => results.push('complete'),
    },
  );
  await expect.poll(() => results.length).toBe(1);
  const { url: next } = await startGateway({ sandbox: { recordCount: 7 } });
  const before = connections;
  url = next;
  first.gateway.endStreams();
  await expect.poll(() => results.length).toBe(2);
  expect(connections).toBeGreaterThan(before);
  expect(results[1]).toMatchObject({ worklist: { total: 7 } });
});
