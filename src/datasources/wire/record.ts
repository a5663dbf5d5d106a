import type { RecordShape } from '../../worklist-shape.ts';
import { byName, RECORD, type FieldKinds, type KindOf } from '../../worklist-table.ts';
import { TYPED_FIELDS, type TypedField, type TypedFields, type WorklistRecord } from '../worklist-record.ts';
import { describe, idHint, typeInWords, unexpectedBody } from './failure.ts';
import { fieldReader, type FieldReader, type FieldReaderFor, type Reading, type ValueOf } from './field.ts';
import { jsonTypeOf, type JsonObject } from './json.ts';
import { keysByName } from './names.ts';

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

type Readers = Readonly<Record<TypedField, FieldReader<ValueOf<keyof FieldKinds>>>>;
type ReadersFor = Readonly<Record<TypedField, FieldReaderFor<ValueOf<keyof FieldKinds>>>>;

function idOrThrow({ value, sent }: Reading<string>, record: JsonObject, place: string): string {
  if (value !== undefined) return value;
  const message = `${place}.id is not a usable identifier, found ${sent === undefined ? 'nothing' : typeInWords(sent)}`;
  const found = sent === undefined ? `${place} is ${describe(record)}` : `${place}.id is ${describe(sent)}`;
  throw unexpectedBody(message, `${found}; ${idHint(record)}`);
}
