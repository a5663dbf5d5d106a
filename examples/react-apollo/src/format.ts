const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
] as const;

/** Such as `12 s`, `3 min` or `2 h`; nothing below zero, since two clocks never agree. */
export function formatSpan(spanMs: number): string {
  const [unitMs, unit] = UNITS.find(([least]) => spanMs >= least) ?? [1_000, 's'];
  return `${Math.floor(Math.max(0, spanMs) / unitMs)} ${unit}`;
}

/** How long a recording is, such as `4:05` or `1:02:09`. */
export function formatLength(lengthMs: number): string {
  const seconds = Math.round(lengthMs / 1_000);
  const digits = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor(seconds / 60) % 60;
  return `${hours > 0 ? `${hours}:${digits(minutes)}` : minutes}:${digits(seconds % 60)}`;
}

const INSTANT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** An instant in the user's own time zone and words. */
export function formatInstant(instant: string): string {
  return INSTANT.format(new Date(instant));
}
