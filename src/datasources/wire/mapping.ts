import { formatPointer, type JsonPointer, type WorklistShape } from '../../worklist-shape.ts';
import {
  byName,
  LIKELY,
  RECORD,
  RECORD_FIELDS,
  type KindOf,
  type RecordField,
} from '../../worklist-table.ts';
import { fieldReader, type FieldReaderFor } from './field.ts';
import { byLikeness, type Place } from './likeness.ts';
import { findArrays, isJsonObject, jsonTypeOf, valueAt, type JsonObject } from './json.ts';
import { findList, objectsAround } from './list.ts';
import { keysByName } from './names.ts';
import { findTotal } from './total.ts';
import type { WireResponse } from './wire-response.ts';

/** Where one field of the records comes from. */
export interface FieldMapping {
  readonly field: RecordField;
  /** Where it has a value, in any record. */
  readonly from: readonly Place[];
  /** In how many records it has one. */
  readonly valueCount: number;
  /** Where it was sent, and is of no use. */
  readonly useless: readonly Place[];
  /** Where the shape file says that it stands, and nothing does in any record. */
  readonly missing: JsonPointer | undefined;
  /** What nothing reads and looks like it, the likeliest first, where it has no value in any record. */
  readonly candidates: readonly Place[];
  /** `ratio`: its numbers look like parts of one, and are read as percent. `unknown`: nothing says its unit. */
  readonly unit: 'ratio' | 'unknown' | undefined;
}

/** How a page of the worklist is understood. */
export interface Mapping {
  /** The list of records; undefined where it is not found, or several may be meant: `lists`. */
  readonly list: JsonPointer | undefined;
  readonly lists: readonly JsonPointer[];
  readonly recordCount: number;
  readonly total: {
    readonly isKnown: boolean;
    /** Where it stands in the body. */
    readonly pointer: JsonPointer | undefined;
    readonly candidates: readonly Place[];
  };
  readonly fields: readonly FieldMapping[];
  /** What is read by nothing but `fields`, for all of a record. */
  readonly unread: readonly Place[];
}

/** So many records tell what all are like: a page has no more. */
const MAX_RECORDS = 1_000;
const MAX_PLACES = 200;
const MAX_DEPTH = 3;

/** Describes how a body is understood with this shape: by names and JSON types alone. It throws for no body. */
export function describeMapping(
  { body, headers }: WireResponse,
  shape: WorklistShape,
  asked: { readonly offset: number; readonly limit: number },
): Mapping {
  const list = listIn(body, shape);
  const lists = findArrays(body, MAX_DEPTH).filter((pointer) =>
    isJsonObject(valueAt(body, [...pointer, '0'])),
  );
  const seen = list ?? (lists.length === 1 ? lists[0] : undefined);
  const items = seen === undefined ? undefined : valueAt(body, seen);
  const all: readonly unknown[] = Array.isArray(items) ? items : [];
  const records = all.filter(isJsonObject).slice(0, MAX_RECORDS);

  const around = seen === undefined ? [] : objectsAround(body, seen);
  const total = findTotal({ body, around, headers, received: all.length, asked }, shape.total, () => {});

  const places = placesIn(records);
  const readings = readingsOf(records, shape);
  const readPointers = new Set(
    readings.flatMap(({ from, useless }) =>
      [...from, ...useless].map(({ pointer }) => formatPointer(pointer)),
    ),
  );
  // What is null in all of these records may be read in others.
  const isEmpty = ({ types }: Place) => types.every((type) => type === 'null');
  const unread = places.filter((place) => !isEmpty(place) && !readPointers.has(formatPointer(place.pointer)));
  return {
    list,
    lists,
    recordCount: all.length,
    total: {
      isKnown: total !== null,
      pointer: total?.pointer,
      candidates: total === null ? totalCandidates(body, all.length) : [],
    },
    fields: readings.map((reading) => {
      const { field, from, useless, valueCount } = reading;
      const candidates = valueCount > 0 ? [] : candidatesFor(field, unread, records);
      const isUnitSaid = shape.record[field]?.unit !== undefined;
      const unit = isUnitSaid ? undefined : unitOf(field, [...from, ...candidates][0], useless, records);
      return { ...reading, candidates, unit };
    }),
    unread: unread.filter(({ pointer }) => pointer.length === 1),
  };
}

function listIn(body: unknown, shape: WorklistShape): JsonPointer | undefined {
  try {
    return findList(body, shape.records).pointer;
  } catch {
    return undefined;
  }
}

/** Where each field is read from in these records. */
function readingsOf(records: readonly JsonObject[], shape: WorklistShape) {
  const readers = byName<Readers>(RECORD_FIELDS, (field) =>
    fieldReader<KindOf<RecordField>>(RECORD[field], shape.record[field]),
  );
  return RECORD_FIELDS.map((field) => {
    const readings = records.map((record) => readers[field](keysByName(Object.keys(record)))(record));
    const used = readings.filter(({ value }) => value !== undefined);
    const useless = readings.filter(({ value, sent }) => value === undefined && sent !== undefined);
    const named = shape.record[field]?.pointer;
    return {
      field,
      valueCount: used.length,
      from: placesOf(used),
      useless: placesOf(useless),
      missing: readings.every(({ sent }) => sent === undefined) && records.length > 0 ? named : undefined,
    };
  });
}

type Readers = { readonly [Field in RecordField]: FieldReaderFor<unknown> };

/** The places of some readings, each once. */
function placesOf(
  readings: readonly { readonly sent: unknown; readonly pointer: JsonPointer | undefined }[],
): readonly Place[] {
  const places = new Map<string, { pointer: JsonPointer; types: Set<string> }>();
  for (const { sent, pointer } of readings) {
    if (pointer !== undefined) note(places, pointer, sent);
  }
  return listed(places);
}

/** All places of these records that hold no object, down to a depth. A null says nothing of its place. */
function placesIn(records: readonly JsonObject[]): readonly Place[] {
  const places = new Map<string, { pointer: JsonPointer; types: Set<string> }>();
  function visit(object: JsonObject, pointer: JsonPointer): void {
    for (const [key, value] of Object.entries(object)) {
      if (places.size >= MAX_PLACES) return;
      const place = [...pointer, key];
      if (isJsonObject(value) && place.length < MAX_DEPTH) visit(value, place);
      else note(places, place, value);
    }
  }
  for (const record of records) visit(record, []);
  return listed(places);
}

function note(
  places: Map<string, { pointer: JsonPointer; types: Set<string> }>,
  pointer: JsonPointer,
  value: unknown,
): void {
  const key = formatPointer(pointer);
  const place = places.get(key) ?? { pointer, types: new Set() };
  place.types.add(jsonTypeOf(value));
  places.set(key, place);
}

function listed(places: ReadonlyMap<string, { pointer: JsonPointer; types: Set<string> }>): readonly Place[] {
  return [...places.values()].map(({ pointer, types }) => ({ pointer, types: [...types].toSorted() }));
}

/** Places whose name looks like the field, and whose values could be its. */
function candidatesFor(
  field: RecordField,
  unread: readonly Place[],
  records: readonly JsonObject[],
): readonly Place[] {
  return byLikeness(
    LIKELY[field] ?? [],
    unread.filter(({ pointer }) => isOfUse(field, pointer, records)),
  );
}

/** Whether every value at a place can be read as this field: a duration in whatever unit. */
function isOfUse(field: RecordField, pointer: JsonPointer, records: readonly JsonObject[]): boolean {
  return isRead(field, pointer, records, field === 'durationMs' ? 's' : undefined);
}

/** Whether every value at a place is of use as this field; numbers in this unit. */
function isRead(
  field: RecordField,
  pointer: JsonPointer,
  records: readonly JsonObject[],
  unit?: 's',
): boolean {
  const read = fieldReader<KindOf<RecordField>>(RECORD[field], { pointer, unit })(() => []);
  const readings = records.map(read).filter(({ sent }) => sent !== undefined);
  // No two records have one identifier.
  const isTelling = field !== 'id' || new Set(readings.map(({ value }) => value)).size === records.length;
  return isTelling && readings.length > 0 && readings.every(({ value }) => value !== undefined);
}

/** What is to be said of the unit of a field's numbers, which stand at `place`, or are of no use at others. */
function unitOf(
  field: RecordField,
  place: Place | undefined,
  useless: readonly Place[],
  records: readonly JsonObject[],
): FieldMapping['unit'] {
  if (field === 'durationMs') {
    const isBare = place === undefined && useless.some(({ types }) => types.includes('number'));
    return isBare || (place !== undefined && !isRead(field, place.pointer, records)) ? 'unknown' : undefined;
  }
  if (field !== 'progress' || place === undefined) return undefined;
  const numbers = records
    .map((record) => valueAt(record, place.pointer))
    .filter((value) => typeof value === 'number');
  const isRatio = numbers.every((value) => value >= 0 && value <= 1);
  return isRatio && numbers.some((value) => value > 0 && value < 1) ? 'ratio' : undefined;
}

function totalCandidates(body: unknown, received: number): readonly Place[] {
  const objects = isJsonObject(body) ? [body] : [];
  const counts = placesIn(objects).filter(({ pointer }) => {
    const value = valueAt(body, pointer);
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= received;
  });
  return byLikeness(LIKELY.total ?? [], counts);
}
