import { expect, onTestFinished } from 'vitest';
import { MAIN, spawnGateway } from './spawn-gateway.ts';

export interface GatewayProcess {
  readonly output: () => string;
  /** Sends a signal to the process. */
  kill(signal: 'SIGTERM' | 'SIGINT'): void;
  /** Closes this end of what the process writes to. */
  stopReading(): void;
  /** Resolves to the exit code when the process has ended. */
  readonly exited: Promise<number | null>;
  /** The gateway's own address, once it has printed it. */
  url(): Promise<string>;
}

/** The gateway as its own process, in an empty folder with these settings alone; ended with the test. */
export function startProcess(
  settings: Readonly<Record<string, string>> = {},
  files: Readonly<Record<string, string>> = {},
  main = MAIN,
): GatewayProcess {
  const { child, output, origin, exited, end } = spawnGateway({ main, settings, files });
  onTestFinished(() => end(0));
  return {
    output,
    kill: (signal) => void child.kill(signal),
    stopReading() {
      child.stdout.destroy();
      child.stderr.destroy();
    },
    exited,
    async url() {
      await expect.poll(origin, { timeout: 15_000 }).toBeDefined();
      return origin() ?? '';
    },
  };
}
