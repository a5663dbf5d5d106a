import type { DurationUnit, ProgressUnit } from '../../worklist-table.ts';

/** An identifier: a string that is not empty, or a number in decimal digits. Otherwise undefined. */
export function readId(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A string as it is. Otherwise undefined. */
export function readText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A word of a set, or the number of one: as `values` translates it, else as it is. Otherwise undefined. */
export function readWord(value: unknown, values?: ReadonlyMap<string, string>): string | undefined {
  const word = typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
  return typeof word === 'string' ? (values?.get(word) ?? word) : undefined;
}

/** A count of things: a non-negative integer that a number holds exactly. Otherwise undefined. */
export function readCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** Percent, from a number in `unit`. Undefined for anything else, and outside of 0 … 100 %. */
export function readPercent(value: unknown, unit: ProgressUnit = 'percent'): number | undefined {
  if (typeof value !== 'number') return undefined;
  const percent = unit === 'ratio' ? scale(value, 100) : value;
  return percent >= 0 && percent <= 100 ? percent : undefined;
}

const MS_PER: Readonly<Record<DurationUnit, number>> = { ms: 1, s: 1_000, min: 60_000 };

/**
 * Milliseconds, from `hh:mm:ss` with any fraction, `d.hh:mm:ss` with days before it, an ISO 8601 duration of weeks to seconds, or a number in
 * `unit`. Undefined for anything else: a negative duration, a number of unknown unit, years or months, whose
 * length varies.
 */
export function readDurationMs(value: unknown, unit?: DurationUnit): number | undefined {
  let durationMs: number | undefined;
  if (typeof value === 'string') durationMs = parseDurationMs(value);
  if (typeof value === 'number' && unit !== undefined) durationMs = scale(value, MS_PER[unit]);
  return durationMs !== undefined && durationMs >= 0 && durationMs < Infinity ? durationMs : undefined;
}

/** With or without days before it, as .NET writes a `TimeSpan`. */
const CLOCK_DURATION = /^(?:(\d+)\.)?(\d+):([0-5]\d):([0-5]\d(?:[.,]\d+)?)$/;

const AMOUNT = String.raw`(\d+(?:[.,]\d+)?)`;
const ISO_DURATION = new RegExp(
  String.raw`^P(?=\d|T)(?:${AMOUNT}W)?(?:${AMOUNT}D)?(?:T(?=\d)(?:${AMOUNT}H)?(?:${AMOUNT}M)?(?:${AMOUNT}S)?)?$`,
);

/** Seconds in a week, a day, an hour, a minute and a second: the groups of `ISO_DURATION`. */
const SECONDS_PER = [604_800, 86_400, 3_600, 60, 1];

function parseDurationMs(text: string): number | undefined {
  const amounts = (CLOCK_DURATION.exec(text) ?? ISO_DURATION.exec(text))?.slice(1);
  if (amounts === undefined) return undefined;
  // The clock has only the last four of the groups.
  const secondsPer = SECONDS_PER.slice(-amounts.length);
  const seconds = secondsPer.reduce(
    (sum, each, i) => sum + each * Number(amounts[i]?.replace(',', '.') ?? 0),
    0,
  );
  return scale(seconds, 1_000);
}

/**
 * The product, without the noise of binary fractions: 0.57 × 100 is 57 here, not 56.99999999999999. Fifteen
 * digits are what a double keeps of every decimal number.
 */
function scale(value: number, factor: number): number {
  if (Number.isInteger(value) && Number.isSafeInteger(value * factor)) return value * factor;
  return Number((value * factor).toPrecision(15));
}
