import type { DurationUnit, ProgressUnit } from '../../worklist-shape.ts';
import { readInstant } from './instants.ts';
import { normalizeName } from './names.ts';
import { readDurationMs, readId, readPercent, readText } from './values.ts';

/** How one field of a record is recognized. */
export interface FieldRule<Value, Unit extends string = never> {
  /** Normalized names it may stand under, the surest first. */
  readonly names: readonly string[];
  /** Those of the names that say the unit of a number. */
  readonly unitByName?: ReadonlyMap<string, Unit>;
  /** The value in the gateway's own type; undefined where it is of no use, null where it stands for none. */
  readonly read: (value: unknown, unit?: Unit) => Value | null | undefined;
}

/*
 * Everything that is believed of the worklist's body stands in this file. None of it is documented by the
 * upstream (docs/upstream.md): these are the names such APIs commonly use.
 */

/** An array under one of `names`, at the top or inside one of `envelopes`, is the list of records. */
export const LIST = {
  names: named('records', 'items', 'data', 'results', 'content', 'value', 'rows', 'worklist'),
  envelopes: named('data', 'result', 'response', 'payload', 'worklist'),
};

/** The number of records in the whole worklist stands around the list, inside `holders` there, or in `header`. */
export const TOTAL = {
  names: named('total', 'totalCount', 'totalItems', 'totalElements', 'totalRecords', 'count'),
  holders: named('meta', 'paging', 'pagination', 'page'),
  header: 'x-total-count',
  /** The one of `names` that may also be the length of the page. */
  ambiguousName: normalizeName('count'),
};

const text = (...names: readonly string[]): FieldRule<string> => ({ names: named(...names), read: readText });
const instant = (...names: readonly string[]): FieldRule<Date> => ({
  names: named(...names),
  read: readInstant,
});

const id: FieldRule<string> = { names: named('id', 'recordId', 'uuid', 'guid'), read: readId };
const progress: FieldRule<number, ProgressUnit> = {
  names: named('progress', 'progressPercent'),
  read: readPercent,
};

const durationUnitByName: ReadonlyMap<string, DurationUnit> = new Map([
  ...durationsNamed('ms', 'Ms', 'InMs', 'Millis', 'InMillis', 'Milliseconds', 'InMilliseconds'),
  ...durationsNamed('s', 'Sec', 'InSec', 'Seconds', 'InSeconds'),
  // Not `durationMin`, which may be the shortest one.
  ...durationsNamed('min', 'InMin', 'Minutes', 'InMinutes'),
]);
const durationMs: FieldRule<number, DurationUnit> = {
  names: [...durationUnitByName.keys(), ...named('duration', 'length')],
  unitByName: durationUnitByName,
  read: readDurationMs,
};

export const RECORD = {
  id,
  title: text('title', 'name', 'displayName', 'fileName'),
  status: text('status', 'state'),
  progress,
  language: text('language', 'languageCode', 'locale'),
  durationMs,
  createdAt: instant('createdAt', 'created', 'createdOn', 'creationDate'),
  updatedAt: instant(
    'updatedAt',
    'updated',
    'updatedOn',
    'updateDate',
    'lastUpdated',
    'modifiedAt',
    'modified',
    'modifiedOn',
    'modificationDate',
    'lastModified',
  ),
};

function named(...names: readonly string[]): readonly string[] {
  return names.map(normalizeName);
}

/** The names that say `unit` by one of `endings`, each with it. */
function durationsNamed(unit: DurationUnit, ...endings: readonly string[]) {
  const names = ['duration', 'length'].flatMap((start) => endings.map((end) => start + end));
  return named(...names).map((name) => [name, unit] as const);
}
