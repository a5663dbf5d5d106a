import { setTimeout as sleep } from 'node:timers/promises';
import type { SandboxSettings } from '../../src/sandbox/settings.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/start-sandbox.ts';
import { settingsFor } from '../../test/support/spawn-gateway.ts';
import { startBenchGateway, type BenchGateway } from '../support/gateway.ts';
import { nowMs } from '../support/load.ts';

/** How the upstream answers requests for the worklist in an outage. */
export const FAULTS = {
  '503': { on: 'worklist', status: 503 },
  reset: { on: 'worklist', reset: true },
  hang: { on: 'worklist', hang: true },
} as const;

/** What the command line says about every part of the bench. */
export interface Setting {
  /** The built gateway's `main.js`. */
  readonly main: string;
  readonly fault: keyof typeof FAULTS;
  /** Operations a second in an outage. */
  readonly rate: number;
  /** How long the polled page's outage lasts. */
  readonly pollOutageS: number;
}

/** A gateway in front of a sandbox, for the time of one part of the bench. */
export interface Stage {
  readonly sandbox: Sandbox;
  readonly gateway: BenchGateway;
}

/** A list that no load reaches the end of. */
const RECORD_COUNT = 2_000_000_000;

/** How long a steady load runs before something breaks: the breaker's whole window. */
export const HEALTHY_S = 10;

/** How long it runs after that is mended: longer than the breaker sleeps. */
export const AFTER_S = 8;

/** Runs `part` on a stage of its own, which is always taken down. */
export async function onStage(
  { main }: Setting,
  settings: Readonly<Record<string, string>>,
  sandboxSettings: Partial<SandboxSettings>,
  part: (stage: Stage) => Promise<void>,
): Promise<void> {
  const sandbox = await startSandbox({ settings: { recordCount: RECORD_COUNT, ...sandboxSettings } });
  try {
    const gateway = await startBenchGateway(main, { ...settingsFor(sandbox), ...settings });
    try {
      await part({ sandbox, gateway });
    } finally {
      await gateway.stop();
    }
  } finally {
    await sandbox.close();
  }
}

/** After `healthyS`, breaks every worklist request for `outageS`. Gives both instants. */
export async function breakFor(
  sandbox: Sandbox,
  fault: Setting['fault'],
  { healthyS, outageS }: { readonly healthyS: number; readonly outageS: number },
): Promise<{ readonly brokenAtMs: number; readonly mendedAtMs: number }> {
  await sleep(healthyS * 1_000);
  sandbox.forgetRequests();
  sandbox.configure({ faults: [FAULTS[fault]] });
  const brokenAtMs = nowMs();
  await sleep(outageS * 1_000);
  sandbox.configure({ faults: [] });
  return { brokenAtMs, mendedAtMs: nowMs() };
}
