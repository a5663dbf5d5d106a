import { expect, test } from 'vitest';
import { startGateway } from '../support/gateway-harness.ts';

const PAGE = '{ worklist(limit: 2) { records { id } } }';

test('at the first page with records, and then never again, it is told how GoSpeech is understood', async () => {
  const { query, events, sandbox } = await startGateway({ cache: { ttlMs: 0 }, sandbox: { recordCount: 0 } });
  const told = () => events.filter(({ type }) => type === 'worklist.understood');
  await query(PAGE);
  expect(told()).toEqual([]);
  sandbox.configure({ recordCount: 30 });
  await query(PAGE);
  await query('{ worklist(offset: 20, limit: 2) { records { id } } }');
  expect(told()).toEqual([
    {
      type: 'worklist.understood',
      found: expect.objectContaining({ total: '/total', id: '/id', title: '/title', status: '/status' }),
      missing: expect.any(Object),
      unread: ['/fileName'],
    },
  ]);
});
