import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { startSandbox } from '../../src/sandbox/start-sandbox.ts';
import { freePorts } from '../support/free-ports.ts';
import { startProcess, type GatewayProcess } from '../support/gateway-process.ts';
import { settingsFor } from '../support/spawn-gateway.ts';
import { startHaproxy } from '../support/haproxy.ts';

const RECORDS = 20_000;
/** Every other record: pages that follow each other would share a call, and each request is counted. */
const STEP = 2;
const MAX_REQUESTS = RECORDS / STEP - 1;
const CLIENTS = 8;
/** Between a client's requests: with the upstream's latency, some 60 requests a second by all of them. */
const PAUSE_MS = 80;
const LATENCY_MS = 40;

const EXPECTED = JSON.stringify({ data: { worklist: { total: RECORDS } } });

/** Clients on kept connections that ask for page after page, no two alike, until they are told to stop. */
function startLoad(url: string) {
  const failures: string[] = [];
  let sent = 0;
  let answered = 0;
  const stopped = new AbortController();
  onTestFinished(() => stopped.abort());

  async function ask(offset: number): Promise<string> {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: `{ worklist(offset: ${offset}, limit: 1) { total } }` }),
    });
    const body = await response.text();
    return response.status === 200 ? body : `HTTP ${response.status} ${body}`;
  }

  async function client(): Promise<void> {
    while (!stopped.signal.aborted && sent < MAX_REQUESTS) {
      sent += 1;
      const outcome = await ask(sent * STEP).catch((error: unknown) => String(error));
      answered += 1;
      if (outcome !== EXPECTED) failures.push(outcome);
      await pause(PAUSE_MS);
    }
  }

  const clients = Array.from({ length: CLIENTS }, client);
  return {
    failures,
    /** Resolves when this many more requests are answered. */
    async goesOn(count: number): Promise<void> {
      const enough = answered + count;
      await expect.poll(() => answered).toBeGreaterThan(enough);
    },
    /** Resolves to how many requests were sent, when all are answered. */
    async stop(): Promise<number> {
      stopped.abort();
      await Promise.all(clients);
      return sent;
    },
  };
}

test('a rolling restart of two gateways behind a proxy loses no request, and repeats none', async () => {
  const sandbox = await startSandbox({ settings: { recordCount: RECORDS, latencyMs: LATENCY_MS } });
  onTestFinished(() => sandbox.close());
  const [portOfA = 0, portOfB = 0] = await freePorts(2);
  const ports = { a: portOfA, b: portOfB };

  async function startInstance(name: 'a' | 'b'): Promise<GatewayProcess> {
    const gateway = startProcess({
      ...settingsFor(sandbox),
      PORT: String(ports[name]),
      SHUTDOWN_DRAIN_MS: '3000',
      // Each request goes all the way to the upstream, so there are always some in flight, and all are counted.
      CACHE_TTL_MS: '0',
      CACHE_STALE_MS: '0',
    });
    await gateway.url();
    return gateway;
  }

  const gateways = { a: await startInstance('a'), b: await startInstance('b') };
  const haproxy = await startHaproxy(ports);
  const load = startLoad(haproxy.url);
  await load.goesOn(50);

  for (const name of ['a', 'b'] as const) {
    gateways[name].kill('SIGTERM');
    await haproxy.sees(name, 'DOWN');
    expect(await gateways[name].exited).toBe(0);
    await load.goesOn(50);

    gateways[name] = await startInstance(name);
    await haproxy.sees(name, 'UP');
    await load.goesOn(50);
  }

  const sent = await load.stop();
  expect(load.failures).toEqual([]);
  expect(sent).toBeLessThan(MAX_REQUESTS);
  expect(sandbox.worklistRequests()).toHaveLength(sent);
});
