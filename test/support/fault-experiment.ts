import { vi } from 'vitest';
import type { GatewayEvent } from '../../src/events.ts';
import {
  CREDENTIALS,
  startFaultLaboratory,
  type Endpoint,
  type FaultLaboratory,
} from './fault-laboratory.ts';
import type { Fault } from './faults.ts';
import {
  startGatewayFor,
  type GatewayOverrides,
  type GraphQLResponse,
  type TestGateway,
} from './gateway-harness.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';

export interface Experiment {
  readonly laboratory: FaultLaboratory;
  readonly gateway: TestGateway;
  readonly clock: ManualClock;
  /** Asks the gateway, and gives its answer, as `run` does. */
  ask(query: string): Promise<GraphQLResponse>;
  /** Gives what `act` gives, while time stands still; but each call that hangs runs into its deadline. */
  run<Result>(act: () => Promise<Result>): Promise<Result>;
  /** From now on that endpoint has that fault. */
  inflict(endpoint: Endpoint, fault: Fault): Promise<void>;
  /** From now on both endpoints are healthy, and every pause that the gateway makes is over. */
  heal(): Promise<void>;
  /** How often the gateway has tried to call each endpoint, as it reports. */
  attempts(): Readonly<Record<Endpoint, number>>;
}

export interface ExperimentOptions extends Omit<GatewayOverrides, 'clock' | 'random'> {
  /** Whether the laboratory gives refresh tokens. */
  readonly refreshable?: boolean;
}

const TIMEOUT_MS = 500;

/** A gateway in front of a laboratory, on a clock that only the test moves, and without jitter. */
export async function startExperiment(options: ExperimentOptions = {}): Promise<Experiment> {
  const { refreshable = true, ...overrides } = options;
  const clock = createManualClock();
  const laboratory = await startFaultLaboratory({ now: clock.now, refreshable });
  const { url, tokenUrl, apiUrl } = laboratory;
  const gateway = await startGatewayFor(url, CREDENTIALS, {
    ...overrides,
    upstream: { tokenUrl, apiUrl, timeoutMs: TIMEOUT_MS, ...overrides.upstream },
    clock,
    random: () => 0,
  });
  let hanging: Endpoint | undefined;
  /** How many calls of the endpoint that hangs have run into their deadline, with those before it hung. */
  let expired = 0;

  async function run<Result>(act: () => Promise<Result>): Promise<Result> {
    let isOver = false;
    const step = async () => {
      const called = hanging === undefined ? expired : laboratory.requests(hanging).length;
      await clock.advance(called > expired ? TIMEOUT_MS : 0);
      expired = called;
      return isOver;
    };
    const [result] = await Promise.all([act().finally(() => (isOver = true)), eventually(step)]);
    return result;
  }

  return {
    laboratory,
    gateway,
    clock,
    ask: (query) => run(() => gateway.query(query)),
    run,
    async inflict(endpoint, { misbehaviour, on }) {
      hanging = on[endpoint].code === 'UPSTREAM_TIMEOUT' ? endpoint : undefined;
      expired = laboratory.requests(endpoint).length;
      await laboratory.inflict(endpoint, misbehaviour);
    },
    async heal() {
      hanging = undefined;
      await laboratory.heal();
      await clock.advance(Math.max(0, ...gateway.events.map(pauseMsIn)));
    },
    attempts: () => ({
      worklist: attemptsIn(gateway.events, 'records/worklist'),
      token: attemptsIn(gateway.events, 'token'),
    }),
  };
}

/** Waits for what only sockets bring about. */
export async function eventually(isSo: () => boolean | Promise<boolean>): Promise<void> {
  await vi.waitUntil(isSo, { timeout: 10_000, interval: 1 });
}

function attemptsIn(events: readonly GatewayEvent[], route: string): number {
  return events.filter((event) => 'route' in event && event.route === route).length;
}

function pauseMsIn(event: GatewayEvent): number {
  return 'retryInMs' in event ? event.retryInMs : 0;
}
