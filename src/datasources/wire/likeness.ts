import type { JsonPointer } from '../../worklist-shape.ts';
import { normalizeName } from './names.ts';

/** A place of a body, and the JSON types that stand there. Never a value. */
export interface Place {
  readonly pointer: JsonPointer;
  readonly types: readonly string[];
}

const MAX_CANDIDATES = 5;

/** Those whose names have one of the likely parts: the last name counts before those around it. */
export function byLikeness(parts: readonly string[], places: readonly Place[]): readonly Place[] {
  return places
    .map((place) => ({ place, rank: rankOf(parts, place.pointer) }))
    .filter(({ rank }) => rank < Infinity)
    .toSorted((one, other) => one.rank - other.rank)
    .slice(0, MAX_CANDIDATES)
    .map(({ place }) => place);
}

function rankOf(parts: readonly string[], pointer: JsonPointer): number {
  const names = pointer.map(normalizeName).toReversed();
  const ranks = names.map((name, distance) => {
    // `id` is a part of many words.
    const index = parts.findIndex((part) => (part.length > 3 ? name.includes(part) : name.endsWith(part)));
    return index < 0 ? Infinity : index + distance * parts.length;
  });
  return Math.min(...ranks);
}
