import type { Clock } from '../clock.ts';
import type { Fields, LineWriter } from './with-incidents.ts';

/** Writes changes of state, as against events that only repeat. */
export interface OutageWriter {
  /** It fails: from now on, or still. */
  fails(fields: Fields, message: string): void;
  /** It works again. */
  works(fields: Fields, message: string): void;
}

interface Outage {
  readonly beganAtMs: number;
  /** How often it was found failing, and how often since the last line about that. */
  times: number;
  untold: number;
  callOff: () => void;
}

type Line = readonly [level: 'error' | 'info', fields: Fields, message: string];

const PERIOD_MS = 60_000;

/** So many changes in a row have a line each, in the long run two a minute. */
const MAX_CREDIT = 6;
const CREDIT_MS = 30_000;

/**
 * Writes a line at once when an outage begins, and one when it ends, with `times` and `forMs`; while it lasts, one a
 * minute that counts how often it was found failing since. What changes more often than there is credit for has one
 * line a minute, with the latest change, until a minute has passed without any. `debug` has each by itself.
 */
export function withOutages(writer: LineWriter, clock: Clock): OutageWriter {
  let outage: Outage | undefined;
  let credit = MAX_CREDIT;
  let creditAtMs = clock.monotonicMs();
  /** Where changes are summed up: those since the last line, and the latest of all. */
  let sum: { changes: number; latest: Line } | undefined;

  function changed(...line: Line): void {
    const [level, fields, message] = line;
    const nowMs = clock.monotonicMs();
    credit = Math.min(MAX_CREDIT, credit + (nowMs - creditAtMs) / CREDIT_MS);
    creditAtMs = nowMs;
    if (sum === undefined && credit >= 1) {
      credit -= 1;
      return writer[level](fields, message);
    }
    if (sum === undefined) clock.after(PERIOD_MS, sumUp);
    sum = { changes: (sum?.changes ?? 0) + 1, latest: line };
    writer.debug(fields, message);
  }

  function sumUp(): void {
    if (sum === undefined || sum.changes === 0) {
      sum = undefined;
      return;
    }
    const { changes, latest } = sum;
    const [level, fields, message] = latest;
    sum = { changes: 0, latest };
    clock.after(PERIOD_MS, sumUp);
    writer[level]({ ...fields, changes }, `${changes} changes in a minute, the latest: ${message}`);
  }

  function tellMore(current: Outage, fields: Fields, message: string): void {
    current.callOff = clock.after(PERIOD_MS, () => {
      const { untold } = current;
      current.untold = 0;
      tellMore(current, fields, message);
      const more = { ...fields, incident: 'goes on', times: untold, forMs: PERIOD_MS };
      if (untold > 0) writer.error(more, `${untold} more in a minute: ${message}`);
    });
  }

  return {
    fails(fields, message) {
      if (outage !== undefined) {
        outage.times += 1;
        outage.untold += 1;
        return writer.debug(fields, message);
      }
      outage = { beganAtMs: clock.monotonicMs(), times: 1, untold: 0, callOff: () => {} };
      tellMore(outage, fields, message);
      changed('error', fields, message);
    },

    works(fields, message) {
      if (outage === undefined) return changed('info', fields, message);
      const { beganAtMs, times, callOff } = outage;
      callOff();
      outage = undefined;
      const forMs = Math.round(clock.monotonicMs() - beganAtMs);
      changed('info', { ...fields, incident: 'over', times, forMs }, message);
    },
  };
}
