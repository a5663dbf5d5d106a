import type { JsonPointer } from '../../worklist-shape.ts';
import { TOTAL } from '../../worklist-table.ts';
import { isJsonObject, jsonTypeOf, valueAt, type LocatedObject } from './json.ts';
import { entriesByName, normalizeName } from './names.ts';
import { readCount } from './values.ts';

/** One response, as far as its total is concerned. */
export interface TotalSources {
  readonly body: unknown;
  /** The objects around the list of records, the nearest first. */
  readonly around: readonly LocatedObject[];
  /** By lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** How many records this page has. */
  readonly received: number;
  readonly asked: { readonly offset: number; readonly limit: number };
}

/** A number of records, and where it stands. */
export interface FoundTotal {
  readonly count: number;
  /** In the body; undefined for the header. */
  readonly pointer: JsonPointer | undefined;
}

/**
 * The number of records in the whole worklist: at `named` where the shape file names it, otherwise the first
 * believable one under the assumed names, or null. `report` is given the JSON type of what stands there
 * where nothing is a count.
 */
export function findTotal(
  sources: TotalSources,
  named: JsonPointer | undefined,
  report: (found: string) => void,
): FoundTotal | null {
  const places: readonly SentTotal[] =
    named === undefined ? guessedTotals(sources) : [{ value: valueAt(sources.body, named), pointer: named }];
  const sent = places.filter(({ value }) => value !== undefined && value !== null);
  const counts = sent.flatMap(({ value, pointer }): FoundTotal[] => {
    const count = readTotalCount(value);
    return count === undefined ? [] : [{ count, pointer }];
  });
  if (counts.length === 0 && sent.length > 0) report(foundInstead(sent[0]?.value));
  const smallest = smallestTotal(sources);
  return counts.find(({ count }) => count >= smallest) ?? null;
}

interface SentTotal {
  readonly value: unknown;
  readonly pointer: JsonPointer | undefined;
}

/** A smaller total would end a client's paging early, and hide records. */
function smallestTotal({ received, asked }: TotalSources): number {
  // A page without records may lie beyond the end.
  if (received === 0) return 0;
  // Of a page longer than asked, only as much as was asked is used.
  return asked.offset + Math.min(received, asked.limit);
}

/** Offsets and totals beyond this cannot be said to clients, whose integers have 32 bits. */
const MAX_TOTAL = 2 ** 31 - 1;

function readTotalCount(value: unknown): number | undefined {
  const count = readCount(value);
  return count !== undefined && count <= MAX_TOTAL ? count : undefined;
}

function foundInstead(value: unknown): string {
  return readCount(value) === undefined ? jsonTypeOf(value) : `a number above ${MAX_TOTAL}`;
}

function guessedTotals({ around, headers, received }: TotalSources): readonly SentTotal[] {
  const lookUps = [...around, ...around.flatMap(holdersIn)].map(({ pointer, object }) => ({
    pointer,
    under: entriesByName(object),
  }));
  const inBody = TOTAL.names.flatMap((name) => {
    const sent = lookUps.flatMap(({ pointer, under }) =>
      under([normalizeName(name)]).map(([key, value]) => ({ value, pointer: [...pointer, key] })),
    );
    return name === TOTAL.ambiguousName ? sent.filter(({ value }) => value !== received) : sent;
  });
  const header = headers[TOTAL.header]?.trim() ?? '';
  return /^\d+$/.test(header) ? [...inBody, { value: Number(header), pointer: undefined }] : inBody;
}

function holdersIn({ pointer, object }: LocatedObject): readonly LocatedObject[] {
  const entries = entriesByName(object)(TOTAL.holders.map(normalizeName));
  return entries.flatMap(([key, value]) =>
    isJsonObject(value) ? [{ pointer: [...pointer, key], object: value }] : [],
  );
}
