import { expect, test } from 'vitest';
import { createFaultPicker } from '../../src/sandbox/faults.ts';
import { setUp } from './set-up.ts';

const HOUR_MS = 3_600_000;

test('a status replaces the answer with a short JSON error', async () => {
  const { getWorklist, sandbox, signIn } = await setUp();
  const token = await signIn('access_token');
  sandbox.configure({ faults: [{ on: 'worklist', status: 503 }] });
  expect(await getWorklist('', token)).toMatchObject({ status: 503, body: { error: 'sandbox_fault' } });
});

test('a body, status and headers replace the answer as given', async () => {
  const headers = { 'content-type': 'text/html', 'retry-after': '7' };
  const { postToken, passwordForm } = await setUp({
    settings: { faults: [{ on: 'token', status: 429, body: '<p>Busy</p>', headers }] },
  });
  const answer = await postToken(passwordForm);
  expect(answer).toMatchObject({ status: 429, body: '<p>Busy</p>', headers });
});

test('a body alone is a success', async () => {
  const { getWorklist } = await setUp({ settings: { faults: [{ on: 'worklist', body: '[]' }] } });
  expect(await getWorklist()).toMatchObject({ status: 200, body: [] });
});

test('headers alone are added to the normal answer', async () => {
  const { getWorklist } = await setUp({
    settings: { faults: [{ on: 'worklist', headers: { ETag: '"7"' } }] },
  });
  const answer = await getWorklist();
  expect(answer).toMatchObject({ status: 200, body: { total: 240 } });
  expect(answer.headers['etag']).toBe('"7"');
});

test('a fault hits only its target, and as often as it says', async () => {
  const { getWorklist } = await setUp({ settings: { faults: [{ on: 'worklist', status: 500, times: 2 }] } });
  const statuses = [];
  for (let request = 0; request < 4; request += 1) statuses.push((await getWorklist()).status);
  expect(statuses).toEqual([500, 500, 200, 200]);
});

test('the first fault that hits is the only one', async () => {
  const { getWorklist } = await setUp({
    settings: {
      faults: [
        { on: 'worklist', status: 500, times: 1 },
        { on: 'worklist', status: 503, times: 1 },
      ],
    },
  });
  const statuses = [await getWorklist(), await getWorklist(), await getWorklist()].map(
    ({ status }) => status,
  );
  expect(statuses).toEqual([500, 503, 200]);
});

test('a probability hits that share of the requests, the same ones each time', () => {
  const [first, second] = [1, 2].map(() => {
    const pick = createFaultPicker([{ on: 'token', probability: 0.25 }]);
    return Array.from({ length: 1_000 }, () => pick('token') !== undefined);
  });
  expect(first).toEqual(second);
  const count = first?.filter(Boolean).length;
  expect(count).toBeGreaterThan(200);
  expect(count).toBeLessThan(300);
});

test('faults that are configured count anew; other settings leave the count alone', async () => {
  const faults = [{ on: 'worklist', status: 500, times: 1 }] as const;
  const { getWorklist, sandbox } = await setUp({ settings: { faults } });
  const statuses = [(await getWorklist()).status];
  sandbox.configure({ recordCount: 3 });
  statuses.push((await getWorklist()).status);
  sandbox.configure({ faults });
  statuses.push((await getWorklist()).status);
  expect(statuses).toEqual([500, 200, 500]);
});

test('a delay alone is followed by the normal answer', async () => {
  const { getWorklist } = await setUp({ settings: { faults: [{ on: 'worklist', delayMs: 5 }] } });
  expect(await getWorklist()).toMatchObject({ status: 200, body: { total: 240 } });
});

test.each([
  ['a hanging request', { faults: [{ on: 'worklist', hang: true, times: 1 }] } as const],
  ['a delayed request', { faults: [{ on: 'worklist', delayMs: HOUR_MS, times: 1 }] } as const],
  ['a request under latency', { latencyMs: HOUR_MS }],
])('%s stays without an answer while others get theirs', async (_name, settings) => {
  const { getWorklist, sandbox, signIn } = await setUp();
  const token = await signIn('access_token');
  sandbox.configure(settings);
  let answered = false;
  const first = getWorklist('', token).finally(() => {
    answered = true;
  });
  first.catch(() => undefined);
  await expect.poll(() => sandbox.worklistRequests()).toHaveLength(1);

  sandbox.configure({ latencyMs: 0 });
  expect(await getWorklist('', token)).toMatchObject({ status: 200 });
  expect(answered).toBe(false);
});

test('a reset ends the connection without an answer', async () => {
  const { getWorklist } = await setUp({ settings: { faults: [{ on: 'worklist', reset: true }] } });
  await expect(getWorklist()).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
});

test('a refresh whose answer is lost has used up its refresh token', async () => {
  const { refresh, sandbox, signIn } = await setUp();
  const refreshToken = await signIn('refresh_token');
  sandbox.configure({ faults: [{ on: 'token', reset: true, times: 1 }] });
  await expect(refresh(refreshToken)).rejects.toThrow('fetch failed');
  expect(await refresh(refreshToken)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
});

test('a refresh answered by a status has not used up its refresh token', async () => {
  const { refresh, sandbox, signIn } = await setUp();
  const refreshToken = await signIn('refresh_token');
  sandbox.configure({ faults: [{ on: 'token', status: 503, times: 1 }] });
  expect(await refresh(refreshToken)).toMatchObject({ status: 503 });
  expect(await refresh(refreshToken)).toMatchObject({ status: 200 });
});
