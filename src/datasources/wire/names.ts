import type { JsonObject } from './json.ts';

/** The form in which names are compared: `totalCount`, `TotalCount`, `total_count` and `total-count` are one. */
export function normalizeName(name: string): string {
  return name.replace(/[\s._-]/g, '').toLowerCase();
}

/** The keys of an object that are any of some normalized names, in the order of the names. */
export type KeysUnder = (names: readonly string[]) => readonly string[];

/** Indexes the keys of an object by normalized name. */
export function keysByName(keys: readonly string[]): KeysUnder {
  const byName = new Map<string, string[]>();
  for (const key of keys) {
    const name = normalizeName(key);
    const same = byName.get(name);
    if (same === undefined) byName.set(name, [key]);
    else same.push(key);
  }
  return (names) => names.flatMap((name) => byName.get(name) ?? []);
}

/** The entries of one object under any of some normalized names, in the order of the names. */
export type EntriesUnder = (names: readonly string[]) => readonly (readonly [key: string, value: unknown])[];

/** Indexes an object by normalized name. A null counts as absent. */
export function entriesByName(object: JsonObject): EntriesUnder {
  const keysUnder = keysByName(Object.keys(object));
  return (names) =>
    keysUnder(names).flatMap((key): (readonly [string, unknown])[] =>
      object[key] === null ? [] : [[key, object[key]]],
    );
}
