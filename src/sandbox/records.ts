import { createRandom } from './random.ts';
import { RECORDING_KINDS } from './recording-kinds.ts';

/** A record of the worklist, as the sandbox sends it. */
export interface WorklistRecord {
  readonly id: string;
  readonly title: string;
  readonly fileName: string;
  readonly status: 'Queued' | 'Uploading' | 'Processing' | 'Completed' | 'Failed';
  /** Percent. */
  readonly progress: number;
  readonly languageCode: string;
  /** Null until the media is there. */
  readonly durationSeconds: number | null;
  /** Null until it has been listened to. */
  readonly speakerCount: number | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** When records come: a new one about every `arrivalEveryMs` since the start; 0 is never. */
export interface Arrivals {
  readonly startedAtMs: number;
  readonly arrivalEveryMs: number;
}

/** These arrived shortly before the sandbox started, so they are still at work while it runs. */
const RECENT_COUNT = 12;
const RECENT_SPACING_MS = 10_000;
const OLDER_SPACING_MS = 3 * 3_600_000;

const UPLOADED_PERCENT = 20;
const FAILURE_RATE = 0.05;

/** An arrival may come this much of the time between two earlier or later. */
const ARRIVAL_SPREAD = 0.4;

/** How many records have arrived since the start. */
export function arrivedBy(nowMs: number, arrivals: Arrivals): number {
  const { startedAtMs, arrivalEveryMs } = arrivals;
  if (arrivalEveryMs === 0 || nowMs <= startedAtMs) return 0;
  const due = Math.floor((nowMs - startedAtMs) / arrivalEveryMs);
  // The next may be early, and the last one late.
  return [due + 1, due, due - 1].find((number) => number > 0 && arrivalAtMs(number, arrivals) <= nowMs) ?? 0;
}

/** When arrival `number`, from 1 on, comes. */
function arrivalAtMs(number: number, { startedAtMs, arrivalEveryMs }: Arrivals): number {
  const spread = (createRandom(number)() * 2 - 1) * ARRIVAL_SPREAD;
  return Math.floor(startedAtMs + (number + spread) * arrivalEveryMs);
}

/**
 * Gives the record that has `index` newer ones before it, as it stands at `nowMs`. It waits for up to half a minute,
 * then is worked on, a percent at a time, for half a minute where it is short and ten where it is long.
 */
export function recordAt(index: number, arrivals: Arrivals, nowMs: number): WorklistRecord {
  const arrived = arrivedBy(nowMs, arrivals);
  // The same record keeps its seed, however many come before it.
  return recordOf(index - arrived, arrivals, nowMs);
}

/** `serial` is 0 for the newest record of the start, counts up to the older ones, and down to those that arrive. */
function recordOf(serial: number, arrivals: Arrivals, nowMs: number): WorklistRecord {
  const random = createRandom(serial);
  const between = (least: number, most: number) => least + Math.floor(random() * (most - least + 1));
  const pick = <Item>(items: readonly [Item, ...Item[]]) => items[between(0, items.length - 1)] ?? items[0];

  const kind = pick(RECORDING_KINDS);
  const spacingMs = serial < RECENT_COUNT ? RECENT_SPACING_MS : OLDER_SPACING_MS;
  const ageAtStartMs = leastAgeMs(serial) + between(0, spacingMs - 1);
  const createdAtMs = serial < 0 ? arrivalAtMs(-serial, arrivals) : arrivals.startedAtMs - ageAtStartMs;
  const workStartsAtMs = createdAtMs + between(10_000, 30_000);
  const paceMs = between(600, 1_800);
  const lastPercent = random() < FAILURE_RATE ? between(UPLOADED_PERCENT, 95) : 100;

  // .NET prints instants to 100 ns, which is four digits more than a `Date` knows.
  const finerDigits = String(between(0, 9_999)).padStart(4, '0');
  const createdAt = instant(createdAtMs, finerDigits);
  const id = guid(between);
  const title = `${kind.label}: ${pick(kind.subjects)}`;
  const fileName = `${kind.label}_${createdAt.slice(0, 10)}_${between(1000, 9999)}.${pick(['m4a', 'mp3', 'wav', 'mp4'])}`;
  const durationSeconds = between(kind.minutes[0] * 60, kind.minutes[1] * 60);

  const percentMs = Math.ceil(paceMs * (0.4 + durationSeconds / 3_600));
  const elapsedMs = nowMs - workStartsAtMs;
  const progress = Math.max(0, Math.min(Math.floor(elapsedMs / percentMs), lastPercent));
  const status = elapsedMs < 0 ? 'Queued' : statusAt(progress, lastPercent);
  const updatedAtMs = elapsedMs < 0 ? createdAtMs : workStartsAtMs + progress * percentMs;
  return {
    id,
    title,
    fileName,
    status,
    progress,
    languageCode: kind.languageCode,
    durationSeconds: progress < UPLOADED_PERCENT ? null : durationSeconds,
    speakerCount: status === 'Completed' ? between(...kind.speakers) : null,
    createdAt,
    updatedAt: instant(updatedAtMs, finerDigits),
  };
}

/** How long before the start the record came, at the least: a full spacing for each newer one. */
function leastAgeMs(serial: number): number {
  const olderCount = Math.max(0, serial - RECENT_COUNT);
  return (serial - olderCount) * RECENT_SPACING_MS + olderCount * OLDER_SPACING_MS;
}

function statusAt(progress: number, lastPercent: number): WorklistRecord['status'] {
  if (progress === lastPercent) return lastPercent === 100 ? 'Completed' : 'Failed';
  return progress < UPLOADED_PERCENT ? 'Uploading' : 'Processing';
}

function instant(atMs: number, finerDigits: string): string {
  return new Date(atMs).toISOString().replace('Z', `${finerDigits}Z`);
}

function guid(between: (least: number, most: number) => number): string {
  const digits = Array.from({ length: 32 }, () => between(0, 15).toString(16)).join('');
  return digits.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-a$4-$5');
}
