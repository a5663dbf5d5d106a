import type { Clock } from '../clock.ts';

/** Where the lines of the log go. */
export interface Output {
  /** Writes a line, or keeps it until its reader has room. Never waits and never throws. */
  write(line: string): void;
  /** Before the process ends: writes what is kept, and waits for a slow reader, for a second at most. */
  flushSync(): void;
}

export interface OutputOptions {
  /** As `fs.writeSync`: gives how many bytes were taken. Throws `EAGAIN` where the reader has no room. */
  readonly writeSome: (bytes: Buffer) => number;
  /** Stops the whole process for so long. */
  readonly pauseSync: (delayMs: number) => void;
  readonly clock: Clock;
  /** Bounds what is kept. Lines beyond are lost. */
  readonly maxBytes: number;
  /** Told how many lines were lost, once there is room again. */
  readonly onLost: (lines: number) => void;
}

const RETRY_MS = 100;
const FLUSH_PAUSE_MS = 10;
const FLUSH_PAUSES = 100;

/**
 * Never waits for whoever reads the log: a reader that has stopped, or gone, costs lines, and no request. What it
 * leaves unread is kept within `maxBytes`, and offered again every 100 ms.
 */
export function createOutput({ writeSome, pauseSync, clock, maxBytes, onLost }: OutputOptions): Output {
  /** The oldest first; of that, a part may be written. */
  const kept: Buffer[] = [];
  let keptBytes = 0;
  let lost = 0;
  let retries = false;

  /** Writes all that there is room for. Gives why some is left, if it is. */
  function writeKept(): unknown {
    for (let first = kept[0]; first !== undefined; first = kept[0]) {
      try {
        const written = writeSome(first);
        keptBytes -= written;
        if (written === first.byteLength) kept.shift();
        else kept[0] = first.subarray(written);
      } catch (error) {
        return error;
      }
    }
    return undefined;
  }

  function offer(): void {
    retries = writeKept() !== undefined;
    if (retries) clock.after(RETRY_MS, offer);
    else if (lost > 0) {
      const lines = lost;
      lost = 0;
      onLost(lines);
    }
  }

  return {
    write(line) {
      const bytes = Buffer.from(line);
      if (keptBytes + bytes.byteLength > maxBytes) {
        lost += 1;
        return;
      }
      kept.push(bytes);
      keptBytes += bytes.byteLength;
      if (!retries) offer();
    },

    flushSync() {
      for (let pauses = 0; isFull(writeKept()) && pauses < FLUSH_PAUSES; pauses += 1) {
        pauseSync(FLUSH_PAUSE_MS);
      }
    },
  };
}

/** Whether the reader is merely behind: one that is gone is not waited for. */
function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN';
}
