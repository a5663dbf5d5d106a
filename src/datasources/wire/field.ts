import type { FieldShape, JsonPointer } from '../../worklist-shape.ts';
import type { FieldKinds, FieldRule } from '../../worklist-table.ts';
import { readInstant } from './instants.ts';
import { valueAt, type JsonObject } from './json.ts';
import { normalizeName, type KeysUnder } from './names.ts';
import { readDurationMs, readId, readPercent, readText, readWord } from './values.ts';

export type ValueOf<Kind extends keyof FieldKinds> = FieldKinds[Kind]['value'];
type UnitOf<Kind extends keyof FieldKinds> = FieldKinds[Kind]['unit'];

/** How a value is read, besides its kind. */
type Details<Kind extends keyof FieldKinds> = Omit<FieldShape<UnitOf<Kind>>, 'pointer'>;

/** By kind: the value in the gateway's own type; undefined where it is of no use, null where it stands for none. */
const READERS: {
  readonly [Kind in keyof FieldKinds]: (
    value: unknown,
    details: Details<Kind>,
  ) => ValueOf<Kind> | null | undefined;
} = {
  id: readId,
  text: readText,
  word: (value, { values }) => readWord(value, values),
  instant: readInstant,
  percent: (value, { unit }) => readPercent(value, unit),
  durationMs: (value, { unit }) => readDurationMs(value, unit),
};

/** What one field was sent as, undefined where it is absent, and its value, undefined where it is of no use. */
export interface Reading<Value> {
  readonly sent: unknown;
  readonly value: Value | undefined;
  /** Where that stands in the record, where it stands anywhere. */
  readonly pointer: JsonPointer | undefined;
}

export type FieldReader<Value> = (record: JsonObject) => Reading<Value>;
/** A reader for records with certain keys. */
export type FieldReaderFor<Value> = (under: KeysUnder) => FieldReader<Value>;

/** Reads one field of a record: at the place that the shape names, else under the first of its names that is of use. */
export function fieldReader<Kind extends keyof FieldKinds>(
  { kind, names, unitByName = new Map() }: FieldRule<Kind>,
  shape: FieldShape<UnitOf<Kind>> | undefined,
): FieldReaderFor<ValueOf<Kind>> {
  const read = READERS[kind];
  const units = new Map([...unitByName].map(([name, unit]) => [normalizeName(name), unit]));
  const unitOf = (key: string) => units.get(normalizeName(key));

  if (shape !== undefined) {
    const { pointer } = shape;
    const details = { ...shape, unit: shape.unit ?? unitOf(pointer.at(-1) ?? '') };
    return () => (record) => {
      const sent = valueAt(record, pointer) ?? undefined;
      const value = read(sent, details);
      return sent === undefined || value === null ? ABSENT : { sent, value, pointer };
    };
  }

  const normalized = names.map(normalizeName);
  return (under) => {
    const candidates = under(normalized).map((key) => ({
      key,
      pointer: [key],
      details: { unit: unitOf(key) },
    }));
    return (record) => {
      let useless: Reading<ValueOf<Kind>> = ABSENT;
      for (const { key, pointer, details } of candidates) {
        const sent = record[key] ?? undefined;
        const value = sent === undefined ? null : read(sent, details);
        if (value === null) continue;
        if (value !== undefined) return { sent, value, pointer };
        if (useless === ABSENT) useless = { sent, value, pointer };
      }
      return useless;
    };
  };
}

const ABSENT = { sent: undefined, value: undefined, pointer: undefined };
