import type { FieldShape, RecordShape } from '../../worklist-shape.ts';
import { describe, idHint, typeInWords, unexpectedBody } from './failure.ts';
import { jsonTypeOf, valueAt, type JsonObject } from './json.ts';
import { entriesByName, normalizeName, type EntriesUnder } from './names.ts';
import type { WorklistRecord } from '../worklist-record.ts';
import { RECORD, type FieldRule } from './table.ts';

/** Reads one record, which stands at `place` (`records[3]`) of the body. */
export type RecordReader = (record: JsonObject, place: string) => WorklistRecord;

/**
 * Creates a reader for records of the given shape. It throws a GatewayError `UPSTREAM_BAD_RESPONSE` for a record
 * without an identifier, and calls `report` for another field whose value is of no use, with its JSON type.
 */
export function createRecordReader(
  shape: RecordShape,
  report: (field: string, found: string) => void,
): RecordReader {
  const id = fieldReader(RECORD.id, shape.id);
  const title = fieldReader(RECORD.title, shape.title);
  const status = fieldReader(RECORD.status, shape.status);
  const progress = fieldReader(RECORD.progress, shape.progress);
  const language = fieldReader(RECORD.language, shape.language);
  const durationMs = fieldReader(RECORD.durationMs, shape.durationMs);
  const createdAt = fieldReader(RECORD.createdAt, shape.createdAt);
  const updatedAt = fieldReader(RECORD.updatedAt, shape.updatedAt);

  function valueOrNull<Value>(field: string, { value, sent }: Reading<Value>): Value | null {
    if (value === undefined && sent !== undefined) report(field, jsonTypeOf(sent));
    return value ?? null;
  }

  return (record, place) => {
    const under = entriesByName(record);
    return {
      id: idOrThrow(id(record, under), record, place),
      title: valueOrNull('title', title(record, under)),
      status: valueOrNull('status', status(record, under)),
      progress: valueOrNull('progress', progress(record, under)),
      language: valueOrNull('language', language(record, under)),
      durationMs: valueOrNull('durationMs', durationMs(record, under)),
      createdAt: valueOrNull('createdAt', createdAt(record, under)),
      updatedAt: valueOrNull('updatedAt', updatedAt(record, under)),
      fields: record,
    };
  };
}

/** What one field was sent as, undefined where it is absent, and its value, undefined where it is of no use. */
interface Reading<Value> {
  readonly sent: unknown;
  readonly value: Value | undefined;
}

type FieldReader<Value> = (record: JsonObject, under: EntriesUnder) => Reading<Value>;

function fieldReader<Value, Unit extends string>(
  rule: FieldRule<Value, Unit>,
  shape: FieldShape<Unit> | undefined,
): FieldReader<Value> {
  const unitOf = (key: string) => rule.unitByName?.get(normalizeName(key));

  if (shape !== undefined) {
    const unit = shape.unit ?? unitOf(shape.pointer.at(-1) ?? '');
    return (record) => {
      const sent = valueAt(record, shape.pointer) ?? undefined;
      const value = rule.read(sent, unit);
      return value === null ? ABSENT : { sent, value };
    };
  }

  return (_record, under) => {
    const readings = under(rule.names).flatMap(([key, sent]) => {
      const value = rule.read(sent, unitOf(key));
      return value === null ? [] : [{ sent, value }];
    });
    return readings.find(({ value }) => value !== undefined) ?? readings[0] ?? ABSENT;
  };
}

const ABSENT = { sent: undefined, value: undefined };

function idOrThrow({ value, sent }: Reading<string>, record: JsonObject, place: string): string {
  if (value !== undefined) return value;
  const message = `${place}.id is not a usable identifier, found ${sent === undefined ? 'nothing' : typeInWords(sent)}`;
  const found = sent === undefined ? `${place} is ${describe(record)}` : `${place}.id is ${describe(sent)}`;
  throw unexpectedBody(message, `${found}; ${idHint(record)}`);
}
