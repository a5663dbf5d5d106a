/*
 * Everything that is believed of the worklist's body stands in this file. None of it is documented by the
 * upstream (docs/upstream.md): these are the names such APIs commonly use. `totalCount` stands for `TotalCount`,
 * `total_count` and `total-count` too.
 */

/**
 * An array under one of `names`, at the top or inside one of `envelopes`, is the list of records. Where there is none,
 * the only array of objects is, at most `depth` names deep, and under none of `others`.
 */
export const LIST = {
  names: ['records', 'recordings', 'items', 'data', 'results', 'content', 'value', 'rows', 'worklist'],
  envelopes: ['data', 'result', 'response', 'payload', 'worklist'],
  depth: 2,
  others: ['errors', 'warnings', 'messages', 'links', 'included', 'facets'],
};

/** The number of records in the whole worklist stands around the list, inside `holders` there, or in `header`. */
export const TOTAL = {
  names: ['total', 'totalCount', 'totalItems', 'totalElements', 'totalRecords', '@odata.count', 'count'],
  holders: ['meta', 'paging', 'pagination', 'page'],
  header: 'x-total-count',
  /** The one of `names` that may also be the length of the page. */
  ambiguousName: 'count',
};

/** The units that a number of some kinds may be in, as the shape file names them. */
export const UNITS = { percent: ['percent', 'ratio'], durationMs: ['ms', 's', 'min'] } as const;
export type ProgressUnit = (typeof UNITS.percent)[number];
export type DurationUnit = (typeof UNITS.durationMs)[number];

/** The kinds of typed fields: of what type a value is, and in which units it may come. */
export interface FieldKinds {
  readonly id: { readonly value: string; readonly unit: never };
  readonly text: { readonly value: string; readonly unit: never };
  /** One of a set of words, which may be numbered. */
  readonly word: { readonly value: string; readonly unit: never };
  /** As RFC 3339 writes it in UTC, with milliseconds. */
  readonly instant: { readonly value: string; readonly unit: never };
  readonly percent: { readonly value: number; readonly unit: ProgressUnit };
  readonly durationMs: { readonly value: number; readonly unit: DurationUnit };
}

/** How one field of a record is recognized. */
export interface FieldRule<Kind extends keyof FieldKinds> {
  readonly kind: Kind;
  /** Names it may stand under, the surest first. */
  readonly names: readonly string[];
  /** Those of the names that say the unit of a number. */
  readonly unitByName?: ReadonlyMap<string, FieldKinds[Kind]['unit']>;
}

/** The names that say a duration's unit; not `durationMin`, which may be the shortest one. */
const durationUnits: ReadonlyMap<string, DurationUnit> = new Map([
  ...durationsNamed('ms', 'Ms', 'InMs', 'Millis', 'InMillis', 'Milliseconds', 'InMilliseconds'),
  ...durationsNamed('s', 'Sec', 'InSec', 'Seconds', 'InSeconds'),
  ...durationsNamed('min', 'InMin', 'Minutes', 'InMinutes'),
]);

/** The typed fields of a record, by the names that clients know. */
export const RECORD = {
  id: field('id', 'id', 'recordId', 'uuid', 'guid'),
  title: field('text', 'title', 'name', 'displayName', 'fileName'),
  status: field('word', 'status', 'state'),
  progress: field('percent', 'progress', 'progressPercent', 'transcriptionProgress'),
  language: field('text', 'language', 'languageCode', 'locale'),
  durationMs: {
    ...field('durationMs', ...durationUnits.keys(), 'duration', 'length'),
    unitByName: durationUnits,
  },
  createdAt: field('instant', 'createdAt', 'created', 'createdOn', 'creationDate'),
  updatedAt: field(
    'instant',
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

/**
 * Parts of names that tell what a field is likely to be, the surest first, in English and German. Nothing is read by
 * them: they say what an operator may want to name in the shape file.
 */
export const LIKELY: { readonly [Field in RecordField | 'total']?: readonly string[] } = {
  id: ['guid', 'uuid', 'kennung', 'schluessel', 'schlüssel', 'key', 'id', 'nummer', 'number', 'nr', 'ref'],
  title: [
    'titel',
    'title',
    'bezeichnung',
    'caption',
    'betreff',
    'subject',
    'thema',
    'topic',
    'label',
    'name',
    'datei',
    'file',
  ],
  status: ['status', 'zustand', 'stand', 'state', 'phase', 'stage', 'step', 'schritt'],
  progress: ['fortschritt', 'progress', 'prozent', 'percent', 'anteil', 'completion', 'done', 'fertig'],
  language: ['sprache', 'language', 'lang', 'culture', 'kultur', 'locale'],
  durationMs: ['dauer', 'duration', 'laenge', 'länge', 'length', 'spielzeit', 'playtime', 'runtime'],
  createdAt: [
    'erstellt',
    'angelegt',
    'creat',
    'erfasst',
    'hochgeladen',
    'upload',
    'added',
    'recorded',
    'eingang',
    'datum',
    'date',
  ],
  updatedAt: [
    'geaendert',
    'geändert',
    'aktualisiert',
    'updat',
    'modif',
    'chang',
    'bearbeitet',
    'letzte',
    'last',
  ],
  total: ['gesamt', 'total', 'anzahl', 'count', 'summe', 'hits', 'treffer'],
};

export type RecordField = keyof typeof RECORD;
export type KindOf<Field extends RecordField> = (typeof RECORD)[Field]['kind'];

const isRecordField = (name: string): name is RecordField => name in RECORD;

/** All of them, in the order of the table. */
export const RECORD_FIELDS: readonly RecordField[] = Object.keys(RECORD).filter(isRecordField);

/** An object with one thing under each of some names: what `Object.fromEntries` gives, with its type, and faster. */
export function byName<Things extends object>(
  names: readonly (keyof Things)[],
  make: (name: keyof Things) => Things[keyof Things],
): Things;
export function byName(names: readonly PropertyKey[], make: (name: PropertyKey) => unknown): object {
  const things: Record<PropertyKey, unknown> = {};
  for (const name of names) things[name] = make(name);
  return things;
}

function field<Kind extends keyof FieldKinds>(kind: Kind, ...names: readonly string[]): FieldRule<Kind> {
  return { kind, names };
}

/** The names that say `unit` by one of `endings`, each with it. */
function durationsNamed(unit: DurationUnit, ...endings: readonly string[]) {
  return ['duration', 'length'].flatMap((start) => endings.map((end) => [start + end, unit] as const));
}
