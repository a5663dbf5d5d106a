import type { JsonObject } from './json.ts';

/** The form in which names are compared: `totalCount`, `TotalCount`, `total_count` and `total-count` are one. */
export function normalizeName(name: string): string {
  return name.replace(/[\s._-]/g, '').toLowerCase();
}

/** The entries of one object under any of some normalized names, in the order of the names. */
export type EntriesUnder = (names: readonly string[]) => readonly (readonly [key: string, value: unknown])[];

/** Indexes an object by normalized name. A null counts as absent. */
export function entriesByName(object: JsonObject): EntriesUnder {
  const byName = new Map<string, [string, unknown][]>();
  for (const entry of Object.entries(object)) {
    if (entry[1] === null) continue;
    const name = normalizeName(entry[0]);
    const same = byName.get(name);
    if (same === undefined) byName.set(name, [entry]);
    else same.push(entry);
  }
  return (names) => names.flatMap((name) => byName.get(name) ?? []);
}
