import type { FieldShape, RecordShape } from '../../worklist-shape.ts';
import { byName, RECORD, type FieldKinds, type FieldRule, type KindOf } from '../../worklist-table.ts';
import { TYPED_FIELDS, type TypedField, type TypedFields, type WorklistRecord } from '../worklist-record.ts';
import { describe, idHint, typeInWords, unexpectedBody } from './failure.ts';
import { readInstant } from './instants.ts';
import { jsonTypeOf, valueAt, type JsonObject } from './json.ts';
import { keysByName, normalizeName, type KeysUnder } from './names.ts';
import { readDurationMs, readId, readPercent, readText, readWord } from './values.ts';

/** Reads one record, which stands at `place` (`records[3]`) of the body. */
export type RecordReader = (record: JsonObject, place: string) => WorklistRecord;

/**
 * Creates a reader for records of the given shape. It throws a GatewayError `UPSTREAM_BAD_RESPONSE` for a record
 * without an identifier, and calls `report` for another field whose value is of no use, with its JSON type.
 */
export function createRecordReader(
  shape: RecordShape,
  report: (field: TypedField, found: string) => void,
): RecordReader {
  const idFor = fieldReader(RECORD.id, shape.id);
  const readerOf = <Field extends TypedField>(field: Field) =>
    fieldReader<KindOf<Field>>(RECORD[field], shape[field]);
  const readersFor = byName<ReadersFor>(TYPED_FIELDS, readerOf);

  /** Reads records with these keys. */
  function readerFor(keys: readonly string[]): RecordReader {
    const under = keysByName(keys);
    const idOf = idFor(under);
    const readers = byName<Readers>(TYPED_FIELDS, (field) => readersFor[field](under));

    function typed(record: JsonObject, field: TypedField): TypedFields[TypedField] {
      const { value, sent } = readers[field](record);
      if (value === undefined && sent !== undefined) report(field, jsonTypeOf(sent));
      return value ?? null;
    }

    return (record, place) => {
      const id = idOrThrow(idOf(record), record, place);
      return { id, ...byName<TypedFields>(TYPED_FIELDS, (field) => typed(record, field)), fields: record };
    };
  }

  let last: { readonly keys: readonly string[]; readonly read: RecordReader } | undefined;

  return (record, place) => {
    const keys = Object.keys(record);
    // Most records of a list have the keys of the one before.
    if (last === undefined || !isSame(last.keys, keys)) last = { keys, read: readerFor(keys) };
    return last.read(record, place);
  };
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((key, index) => key === other[index]);
}

type ValueOf<Kind extends keyof FieldKinds> = FieldKinds[Kind]['value'];
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
interface Reading<Value> {
  readonly sent: unknown;
  readonly value: Value | undefined;
}

type FieldReader<Value> = (record: JsonObject) => Reading<Value>;
/** A reader for records with certain keys. */
type FieldReaderFor<Value> = (under: KeysUnder) => FieldReader<Value>;
type Readers = Readonly<Record<TypedField, FieldReader<ValueOf<keyof FieldKinds>>>>;
type ReadersFor = Readonly<Record<TypedField, FieldReaderFor<ValueOf<keyof FieldKinds>>>>;

function fieldReader<Kind extends keyof FieldKinds>(
  { kind, names, unitByName = new Map() }: FieldRule<Kind>,
  shape: FieldShape<UnitOf<Kind>> | undefined,
): FieldReaderFor<ValueOf<Kind>> {
  const read = READERS[kind];
  const units = new Map([...unitByName].map(([name, unit]) => [normalizeName(name), unit]));
  const unitOf = (key: string) => units.get(normalizeName(key));

  if (shape !== undefined) {
    const details = { ...shape, unit: shape.unit ?? unitOf(shape.pointer.at(-1) ?? '') };
    return () => (record) => {
      const sent = valueAt(record, shape.pointer) ?? undefined;
      const value = read(sent, details);
      return value === null ? ABSENT : { sent, value };
    };
  }

  const normalized = names.map(normalizeName);
  return (under) => {
    const candidates = under(normalized).map((key) => ({ key, details: { unit: unitOf(key) } }));
    return (record) => {
      let useless: Reading<ValueOf<Kind>> = ABSENT;
      for (const { key, details } of candidates) {
        const sent = record[key] ?? undefined;
        const value = sent === undefined ? null : read(sent, details);
        if (value === null) continue;
        if (value !== undefined) return { sent, value };
        if (useless === ABSENT) useless = { sent, value };
      }
      return useless;
    };
  };
}

const ABSENT = { sent: undefined, value: undefined };

function idOrThrow({ value, sent }: Reading<string>, record: JsonObject, place: string): string {
  if (value !== undefined) return value;
  const message = `${place}.id is not a usable identifier, found ${sent === undefined ? 'nothing' : typeInWords(sent)}`;
  const found = sent === undefined ? `${place} is ${describe(record)}` : `${place}.id is ${describe(sent)}`;
  throw unexpectedBody(message, `${found}; ${idHint(record)}`);
}
