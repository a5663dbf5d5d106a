import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { spawnGateway, type SpawnedGateway } from '../../test/support/spawn-gateway.ts';
import { residentMb } from './resident-mb.ts';

/** A line of the gateway's JSON log that reports an event. */
const logLine = z.object({ time: z.number(), event: z.string(), waiting: z.number().optional() });
export type LogLine = z.infer<typeof logLine>;

/** The built gateway, running as a process of its own. */
export interface BenchGateway {
  /** Where its GraphQL is. */
  readonly url: string;
  /** The events it has logged so far, oldest first. */
  events(): readonly LogLine[];
  /** Its resident memory now, in MiB. */
  rssMb(): Promise<number>;
  /** Ends it, politely at first. Resolves when it is gone. */
  stop(): Promise<void>;
}

/** The built gateway while it starts. */
export type StartingGateway = Pick<BenchGateway, 'rssMb' | 'stop'> &
  Pick<SpawnedGateway, 'exited' | 'origin' | 'output'>;

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
const START_MS = 15_000;
const STOP_MS = 5_000;
const LOOK_EVERY_MS = 20;

/**
 * Starts the gateway built as `main`, in an empty folder, with these settings alone. Should this process end first, in
 * whatever way but SIGKILL, it takes the gateway with it.
 */
export function spawnBenchGateway(main: string, settings: Readonly<Record<string, string>>): StartingGateway {
  const { child, origin, output, exited, end } = spawnGateway({ main: resolve(main), settings });
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  // By themselves, signals end this process without `exit`.
  const exit = () => process.exit(1);
  for (const signal of SIGNALS) process.once(signal, exit);
  return {
    exited,
    origin,
    output,
    rssMb: () => residentMb(child.pid),
    async stop() {
      await end(STOP_MS);
      process.off('exit', kill);
      for (const signal of SIGNALS) process.off(signal, exit);
    },
  };
}

/** The same, once it listens. Throws what it wrote where it does not. */
export async function startBenchGateway(
  main: string,
  settings: Readonly<Record<string, string>>,
): Promise<BenchGateway> {
  const gateway = spawnBenchGateway(main, { PORT: '0', LOG_FORMAT: 'json', ...settings });
  const { origin, output, exited, rssMb, stop } = gateway;
  const late = sleep(START_MS, undefined, { ref: false });
  const isOver = Promise.race([exited, late]).then(() => true);
  const look = () => sleep(LOOK_EVERY_MS, false);
  while (origin() === undefined && !(await Promise.race([isOver, look()])));
  if (origin() === undefined) {
    await stop();
    throw new Error(`${main} did not say where it listens.\n${output()}`);
  }
  return { url: `${origin()}/graphql`, events: () => eventsIn(output()), rssMb, stop };
}

function eventsIn(output: string): readonly LogLine[] {
  const whole = output.split('\n').slice(0, -1);
  return whole.filter((line) => line.includes('"event":')).map((line) => logLine.parse(JSON.parse(line)));
}
