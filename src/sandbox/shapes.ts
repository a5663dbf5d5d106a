import type { WorklistRecord } from './records.ts';

/** A page, before it is written. */
export interface PageToWrite {
  readonly records: readonly WorklistRecord[];
  /** What is said of the length of the list, under the name of the usual body. */
  readonly stated: { readonly total?: number; readonly count?: number };
}

/** How a page is written. */
export interface Shape {
  readonly words: string;
  readonly bodyOf: (page: PageToWrite) => unknown;
  /** Where the total stands in a header. */
  readonly headersOf?: (page: PageToWrite) => Readonly<Record<string, string>>;
  /** What a gateway has to be told of it, as JSON in its `GOSPEECH_SHAPE_FILE`, if anything. */
  readonly shapeFile?: unknown;
}

/** Bodies that are as likely as the usual one: what GoSpeech sends is not documented. */
export const SHAPES = {
  plain: {
    words: 'records and total, in camelCase',
    bodyOf: ({ records, stated }) => ({ records, ...stated }),
  },
  dotnet: {
    words: 'Items and TotalCount in PascalCase, a TimeSpan for the duration',
    bodyOf: ({ records, stated: { total, count } }) => ({
      Items: records.map((record) => ({
        Id: record.id,
        DisplayName: record.title,
        State: record.status,
        Progress: record.progress,
        LanguageCode: record.languageCode,
        Duration: timeSpan(record.durationSeconds),
        CreatedOn: record.createdAt,
        ModifiedOn: record.updatedAt,
      })),
      ...(total !== undefined && { TotalCount: total }),
      ...(count !== undefined && { Count: count }),
    }),
  },
  snake: {
    words: 'data and meta, in snake_case, a ratio for the progress',
    bodyOf: ({ records, stated }) => ({
      data: records.map((record) => ({
        record_id: record.id,
        name: record.title,
        status: record.status,
        progress: record.progress / 100,
        locale: record.languageCode,
        duration_in_seconds: record.durationSeconds,
        created_at: record.createdAt,
        last_modified: record.updatedAt,
      })),
      meta: stated,
    }),
    shapeFile: { record: { progress: { pointer: '/progress', unit: 'ratio' } } },
  },
  array: {
    words: 'a bare array, the total in X-Total-Count',
    bodyOf: ({ records }) => records,
    headersOf: ({ stated: { total } }) => (total === undefined ? {} : { 'X-Total-Count': String(total) }),
  },
  german: {
    words: 'German names and units of its own',
    bodyOf: ({ records, stated: { total } }) => ({
      Aufnahmen: records.map((record) => ({
        Kennung: record.id,
        Bezeichnung: record.title,
        Stand: { Name: record.status, Anteil: record.progress },
        Sprache: record.languageCode,
        Dauer: record.durationSeconds === null ? null : record.durationSeconds / 60,
        Angelegt: record.createdAt,
        Geaendert: record.updatedAt,
      })),
      ...(total !== undefined && { Gesamtzahl: total }),
    }),
    shapeFile: {
      records: '/Aufnahmen',
      total: '/Gesamtzahl',
      record: {
        id: '/Kennung',
        title: '/Bezeichnung',
        status: '/Stand/Name',
        progress: '/Stand/Anteil',
        language: '/Sprache',
        durationMs: { pointer: '/Dauer', unit: 'min' },
        createdAt: '/Angelegt',
        updatedAt: '/Geaendert',
      },
    },
  },
} as const satisfies Readonly<Record<string, Shape>>;

export type ShapeName = keyof typeof SHAPES;

/** As .NET writes it: `hh:mm:ss`. */
function timeSpan(seconds: number | null): string | null {
  if (seconds === null) return null;
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}
