import { pino } from 'pino';
import type { Report } from '../../src/events.ts';
import { logEvents } from '../../src/log/log-events.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';

export interface LogCapture {
  readonly report: Report;
  readonly clock: ManualClock;
  /** What was written so far, decoded. */
  readonly lines: readonly Readonly<Record<string, unknown>>[];
}

/** The log of events at this level, in memory, with a clock of its own. */
export function createLogCapture(level: 'trace' | 'info'): LogCapture {
  const clock = createManualClock();
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>);
  return { report: logEvents(pino({ level, base: null }, { write }), clock), clock, lines };
}
