import type { Clock } from '../clock.ts';
import { MEMORY_LIMITS } from '../limits.ts';

/** What a line says besides its message. */
export interface Fields {
  /** The type of the event. */
  readonly event: string;
  readonly [name: string]: unknown;
}

type Level = 'debug' | 'info' | 'warn' | 'error';

/** Writes lines: what pino's logger is, as far as events need it. */
export type LineWriter = Readonly<Record<Level, (fields: Fields, message: string) => void>>;

/** Writes what happened. Events are of one kind where their type and `detail` are the same. */
export type EventWriter = Readonly<Record<Level, (fields: Fields, message: string, detail?: string) => void>>;

interface Incident {
  readonly level: Level;
  readonly beganAtMs: number;
  /** The latest of it. */
  fields: Fields;
  message: string;
  latestAtMs: number;
  /** How often it happened, and how often since the last line about it. */
  times: number;
  untold: number;
}

const PERIOD_MS = 60_000;

/**
 * Makes an incident of events that repeat: a line when it begins; each minute that it lasts one that counts what came
 * since, with the latest of it; and one when a minute has passed without. What came only once stays one line. Each
 * repetition by itself is a line for `debug`, where what is for `debug` anyway is written as it comes.
 */
export function withIncidents(writer: LineWriter, clock: Clock): EventWriter {
  const incidents = new Map<string, Incident>();

  function keyOf({ event }: Fields, detail: string): string {
    const key = `${event} ${detail}`;
    return incidents.has(key) || incidents.size < MEMORY_LIMITS.maxIncidents ? key : event;
  }

  function happened(level: Level, fields: Fields, message: string, detail: string): void {
    const key = keyOf(fields, detail);
    const nowMs = clock.monotonicMs();
    const known = incidents.get(key);
    if (known === undefined) {
      const incident = { level, beganAtMs: nowMs, fields, message, latestAtMs: nowMs, times: 1, untold: 0 };
      incidents.set(key, incident);
      clock.after(PERIOD_MS, () => sumUp(key, incident));
      return writer[level](fields, message);
    }
    Object.assign(known, { fields, message, latestAtMs: nowMs });
    known.times += 1;
    known.untold += 1;
    writer.debug(fields, message);
  }

  function sumUp(key: string, incident: Incident): void {
    const { level, fields, message, times, untold } = incident;
    if (untold === 0) {
      incidents.delete(key);
      const forMs = Math.round(incident.latestAtMs - incident.beganAtMs);
      const ended = { ...fields, incident: 'over', times, forMs };
      if (times > 1) writer.info(ended, `${times} in all, none for a minute: ${message}`);
      return;
    }
    incident.untold = 0;
    clock.after(PERIOD_MS, () => sumUp(key, incident));
    writer[level](
      { ...fields, incident: 'goes on', times: untold, forMs: PERIOD_MS },
      `${untold} more in a minute: ${message}`,
    );
  }

  const at =
    (level: Level) =>
    (fields: Fields, message: string, detail = '') =>
      happened(level, fields, message, detail);
  return { debug: writer.debug.bind(writer), info: at('info'), warn: at('warn'), error: at('error') };
}
