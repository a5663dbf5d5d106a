import {
  formatPointer,
  formatWorklistShape,
  type ShapeFile,
  type WorklistShape,
} from '../../worklist-shape.ts';
import type { FieldMapping, Mapping } from './mapping.ts';

/**
 * The JSON of the shape file that mends what a mapping lacks, as far as names and values tell: each place for one thing
 * at most. What the present shape says and is found stays. A duration whose unit nobody says is left to people.
 */
export function suggestShapeFile(mapping: Mapping, present: WorklistShape): ShapeFile {
  const { list, lists, total, fields } = mapping;
  const file = formatWorklistShape(present);
  const taken = new Set<string>();
  const mended = fields.flatMap((field) => {
    const place = placeOf(field, taken);
    if (place === undefined) return [];
    taken.add(place);
    return [[field.field, field.unit === undefined ? place : { pointer: place, unit: field.unit }]];
  });
  const onlyList = list === undefined && lists.length === 1 ? lists[0] : undefined;
  const [likelyTotal] = total.candidates;
  return {
    ...file,
    ...(onlyList && { records: formatPointer(onlyList) }),
    ...(likelyTotal && { total: formatPointer(likelyTotal.pointer) }),
    ...(mended.length > 0 && { record: { ...file.record, ...Object.fromEntries(mended) } }),
  };
}

/** The place that a field is to be given, where it needs one. */
function placeOf({ from, candidates, unit }: FieldMapping, taken: ReadonlySet<string>): string | undefined {
  if (unit === 'unknown') return undefined;
  const [present] = from;
  if (present !== undefined) return unit === 'ratio' ? formatPointer(present.pointer) : undefined;
  return candidates.map(({ pointer }) => formatPointer(pointer)).find((place) => !taken.has(place));
}
