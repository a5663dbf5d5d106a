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
  readonly durationSeconds: number;
  readonly speakerCount: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** These arrived shortly before the sandbox started, so they are still at work while it runs. */
const RECENT_COUNT = 12;
const RECENT_SPACING_MS = 10_000;
const OLDER_SPACING_MS = 3 * 3_600_000;

const UPLOADED_PERCENT = 20;
const FAILURE_RATE = 0.05;

/**
 * Gives the record that has `index` newer ones before it, as it stands at `nowMs`. It waits for up to half a
 * minute, then works for one to three minutes, a percent at a time.
 */
export function recordAt(index: number, startedAtMs: number, nowMs: number): WorklistRecord {
  const random = createRandom(index);
  const between = (least: number, most: number) => least + Math.floor(random() * (most - least + 1));
  const pick = <Item>(items: readonly [Item, ...Item[]]) => items[between(0, items.length - 1)] ?? items[0];

  const kind = pick(RECORDING_KINDS);
  const spacingMs = index < RECENT_COUNT ? RECENT_SPACING_MS : OLDER_SPACING_MS;
  const createdAtMs = startedAtMs - leastAgeMs(index) - between(0, spacingMs - 1);
  const workStartsAtMs = createdAtMs + between(10_000, 30_000);
  const percentMs = between(600, 1_800);
  const lastPercent = random() < FAILURE_RATE ? between(UPLOADED_PERCENT, 95) : 100;

  const elapsedMs = nowMs - workStartsAtMs;
  const progress = Math.max(0, Math.min(Math.floor(elapsedMs / percentMs), lastPercent));
  const updatedAtMs = elapsedMs < 0 ? createdAtMs : workStartsAtMs + progress * percentMs;
  // .NET prints instants to 100 ns, which is four digits more than a `Date` knows.
  const finerDigits = String(between(0, 9_999)).padStart(4, '0');
  const createdAt = instant(createdAtMs, finerDigits);

  return {
    id: guid(between),
    title: `${kind.label}: ${pick(kind.subjects)}`,
    fileName: `${kind.label}_${createdAt.slice(0, 10)}_${between(1000, 9999)}.${pick(['m4a', 'mp3', 'wav', 'mp4'])}`,
    status: elapsedMs < 0 ? 'Queued' : statusAt(progress, lastPercent),
    progress,
    languageCode: kind.languageCode,
    durationSeconds: between(kind.minutes[0] * 60, kind.minutes[1] * 60),
    speakerCount: between(...kind.speakers),
    createdAt,
    updatedAt: instant(updatedAtMs, finerDigits),
  };
}

/** How long before the start the record arrived, at the least: a full spacing for each newer one. */
function leastAgeMs(index: number): number {
  const olderCount = Math.max(0, index - RECENT_COUNT);
  return (index - olderCount) * RECENT_SPACING_MS + olderCount * OLDER_SPACING_MS;
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
