import { constants, openSync, writeSync } from 'node:fs';
import { pino, type Logger } from 'pino';
import type { Clock } from '../clock.ts';
import type { LogConfig } from '../config/parse-config.ts';
import { MEMORY_LIMITS } from '../limits.ts';
import { createOutput } from './create-output.ts';

export interface Log {
  readonly logger: Logger;
  /** Before the process ends: writes what is not written yet. */
  flushSync(): void;
}

/** Writes to standard output, and never waits for its reader: JSON lines, or lines for people. */
export async function createLogger({ level, format }: LogConfig, clock: Clock): Promise<Log> {
  const toLine = format === 'json' ? (line: string) => line : await createPretty();
  const fd = openOutput();
  const output = createOutput({
    writeSome: (bytes) => writeSync(fd, bytes),
    pauseSync: (delayMs) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, delayMs),
    clock,
    maxBytes: MEMORY_LIMITS.maxUnreadLogBytes,
    onLost: (lines) => logger.warn({ lines }, 'Lines of this log are lost here: they were not read in time.'),
  });
  const logger = pino({ level }, { write: (line: string) => output.write(toLine(line)) });
  return { logger, flushSync: () => output.flushSync() };
}

/** Standard output, so that writing to it does not wait. */
function openOutput(): number {
  // Asked for, and not written as 1: only then Node makes it a pipe that does not block.
  const { fd, isTTY } = process.stdout;
  if (!isTTY) return fd;
  try {
    // Node writes to a terminal in a way that blocks, as long as somebody holds it with Ctrl-S.
    return openSync(`/dev/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return fd;
  }
}

async function createPretty(): Promise<(line: string) => string> {
  const { prettyFactory } = await import('pino-pretty');
  return prettyFactory({
    ignore: 'pid,hostname',
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
  });
}
