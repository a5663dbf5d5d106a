/** As numbers, instants before this are seconds since the epoch (until the year 5138), others milliseconds. */
const EPOCH_MS_FROM = 1e11;

/**
 * An instant, as RFC 3339 writes it in UTC, with milliseconds. Read from an ISO 8601 text, or a number of seconds or milliseconds since the epoch, told apart by size.
 * Without an offset a text means UTC, a date alone its midnight there; digits beyond the millisecond are cut.
 * Undefined for anything else, such as a date that no calendar has, and outside of the years 1 … 9999. Null for the
 * first instant of the year 1, whatever the offset: what .NET sends for a date that was never set.
 */
export function readInstant(value: unknown): string | null | undefined {
  if (typeof value === 'string') return EMPTY.test(value) ? null : parseIso(value);
  if (typeof value !== 'number') return undefined;
  return textOf(Math.abs(value) < EPOCH_MS_FROM ? value * 1_000 : value);
}

const EMPTY = /^0001-01-01(?:[Tt ]00:00(?::00(?:[.,]0+)?)?(?:[Zz]|[+-]\d\d:?\d\d)?)?$/;

const ISO =
  /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?:[Zz]|([+-])([01]\d|2[0-3])(?::?([0-5]\d))?)?)?$/;

/** As it is given, in a year from 1 on, and on a day that every month has: most instants are. */
const AS_GIVEN =
  /^(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

function parseIso(text: string): string | undefined {
  if (AS_GIVEN.test(text)) return text;
  const parts = ISO.exec(text);
  if (parts === null) return undefined;
  const [, date = '', time = '00:00', seconds = '00', fraction = '', sign = '+', hours = '0', minutes = '0'] =
    parts;

  const local = `${date}T${time}:${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
  const localMs = Date.parse(local);
  // `Date.parse` moves a 30 February into March, and 24:00 into the next day: only what reads back the same exists.
  if (textOf(localMs) !== local) return undefined;

  const offsetMs = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return textOf(sign === '-' ? localMs + offsetMs : localMs - offsetMs);
}

const FIRST_MS = Date.parse('0001-01-01T00:00:00.000Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

function textOf(epochMs: number): string | undefined {
  const isInRange = epochMs >= FIRST_MS && epochMs <= LAST_MS;
  return isInRange ? new Date(epochMs).toISOString() : undefined;
}
