import type { FetchedWindow } from './fetched-window.ts';

/* What things take on V8's heap, measured together by `bench/page-memory.ts`: the whole is within a tenth of it. */
const WINDOW_BYTES = 1_024;
/** A record of ours, and its place in the list. */
const RECORD_BYTES = 220;
const OBJECT_BYTES = 56;
const SLOT_BYTES = 8;
const STRING_BYTES = 20;
const NUMBER_BYTES = 8;
/** A key that no other record has makes an object of a kind of its own. */
const NEW_KEY_BYTES = 120;

/** The memory that a kept window takes, in bytes, by estimate from all that its records hold. */
export function estimatedBytes({ records }: FetchedWindow): number {
  const keys = new Set<string>();
  // A list of what is still to be counted, since a body may be nested deeper than a stack.
  const uncounted: unknown[] = records.map(({ fields }) => fields);
  let bytes = WINDOW_BYTES + records.length * RECORD_BYTES;
  for (let value = uncounted.pop(); value !== undefined; value = uncounted.pop()) {
    if (typeof value === 'string') bytes += stringBytes(value);
    else if (typeof value === 'number') bytes += NUMBER_BYTES;
    else if (Array.isArray(value)) {
      bytes += OBJECT_BYTES + value.length * SLOT_BYTES;
      for (const item of value) uncounted.push(item);
    } else if (typeof value === 'object' && value !== null) {
      bytes += OBJECT_BYTES;
      for (const [key, inside] of Object.entries(value)) {
        bytes += SLOT_BYTES;
        uncounted.push(inside);
        if (keys.has(key)) continue;
        keys.add(key);
        bytes += NEW_KEY_BYTES + stringBytes(key);
      }
    }
  }
  return bytes;
}

/** One byte for each character, or two where some need it. */
function stringBytes(text: string): number {
  return STRING_BYTES + text.length * (Buffer.byteLength(text) === text.length ? 1 : 2);
}
