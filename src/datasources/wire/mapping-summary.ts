import { formatPointer, type JsonPointer } from '../../worklist-shape.ts';
import { printable } from './failure.ts';
import type { Place } from './likeness.ts';
import type { Mapping } from './mapping.ts';

/** A mapping in short, by pointers. */
export interface MappingSummary {
  /** By field: where it comes from. */
  readonly found: Readonly<Record<string, string>>;
  /** By field that has no value in any record: where it may stand. */
  readonly missing: Readonly<Record<string, readonly string[]>>;
  /** What is read by nothing but `fields`. */
  readonly unread: readonly string[];
}

/** A record may have any number of keys, and a log line has to stay readable. */
const MAX_UNREAD = 30;

/** For a log: short, in printable characters. */
export function summarizeMapping({ total, fields, unread }: Mapping): MappingSummary {
  const found = fields.flatMap(({ field, from: [first] }) => (first ? [[field, textOf(first.pointer)]] : []));
  const missing = fields.flatMap(({ field, from, candidates }) =>
    from.length > 0 ? [] : [[field, textsOf(candidates)]],
  );
  const foundTotal = total.pointer === undefined ? 'the header X-Total-Count' : textOf(total.pointer);
  return {
    found: { ...(total.isKnown && { total: foundTotal }), ...Object.fromEntries(found) },
    missing: { ...(!total.isKnown && { total: textsOf(total.candidates) }), ...Object.fromEntries(missing) },
    unread: textsOf(unread.slice(0, MAX_UNREAD)),
  };
}

function textsOf(places: readonly Place[]): readonly string[] {
  return places.map(({ pointer }) => textOf(pointer));
}

function textOf(pointer: JsonPointer): string {
  return formatPointer(pointer.map(printable));
}
