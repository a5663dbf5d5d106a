import type { TypedFields } from '../../../src/datasources/worklist-record.ts';

/** A page as a server may well send it, that the gateway does not understand by itself. */
export interface ForeignBody {
  readonly body: unknown;
  /** What its first record says. */
  readonly expected: { readonly id: string } & Partial<TypedFields>;
  readonly total: number | null;
  /** What nobody but a person can know: the unit of a duration. */
  readonly byHand?: Readonly<Record<string, unknown>>;
}

const INSTANT = '2026-01-30T08:59:00Z';
const READ_INSTANT = '2026-01-30T08:59:00.000Z';

/** The same record twice, so that there is a list. */
const twice = (record: object, idName: string, otherId: unknown) => [
  record,
  { ...record, [idName]: otherId },
];

/** German and .NET products first of all. */
export const BODIES: Readonly<Record<string, ForeignBody>> = {
  'German names, in PascalCase': {
    body: {
      Aufnahmen: twice(
        {
          Kennung: 'r-7',
          Bezeichnung: 'Anhörung',
          Zustand: 'Fertig',
          Fortschritt: 57,
          Sprache: 'de-DE',
          ErstelltAm: INSTANT,
          GeaendertAm: INSTANT,
        },
        'Kennung',
        'r-8',
      ),
      Gesamtzahl: 41,
    },
    expected: {
      id: 'r-7',
      title: 'Anhörung',
      status: 'Fertig',
      progress: 57,
      language: 'de-DE',
      createdAt: READ_INSTANT,
      updatedAt: READ_INSTANT,
    },
    total: 41,
  },
  'German names, nested, with a duration in minutes': {
    body: {
      ergebnis: {
        liste: twice(
          {
            aufnahmeKennung: 7,
            titel: 'Diktat',
            verarbeitung: { zustand: 'Läuft', anteil: 12.5 },
            dauer: 3,
            angelegt: INSTANT,
          },
          'aufnahmeKennung',
          8,
        ),
        anzahlGesamt: 300,
      },
    },
    expected: {
      id: '7',
      title: 'Diktat',
      status: 'Läuft',
      progress: 12.5,
      durationMs: 180_000,
      createdAt: READ_INSTANT,
    },
    total: 300,
    byHand: { durationMs: { pointer: '/dauer', unit: 'min' } },
  },
  umlauts: {
    body: {
      Einträge: twice({ Schlüssel: 'x', Titel: 'T', Geändert: INSTANT, Länge: '00:01:30' }, 'Schlüssel', 'y'),
      Summe: 2,
    },
    expected: { id: 'x', title: 'T', updatedAt: READ_INSTANT, durationMs: 90_000 },
    total: 2,
  },
  'ABP and ASP.NET Boilerplate': {
    body: {
      result: {
        totalCount: 9,
        items: twice(
          {
            documentGuid: 'g-1',
            subject: 'Meeting',
            processingState: 2,
            percentComplete: 40,
            creationTime: INSTANT,
            lastModificationTime: INSTANT,
          },
          'documentGuid',
          'g-2',
        ),
      },
    },
    expected: {
      id: 'g-1',
      title: 'Meeting',
      status: '2',
      progress: 40,
      createdAt: READ_INSTANT,
      updatedAt: READ_INSTANT,
    },
    total: 9,
  },
  'OData with an annotation for the total': {
    body: {
      '@odata.context': 'x',
      '@odata.count': 77,
      value: twice(
        {
          RecordingKey: 'k1',
          Caption: 'Hearing',
          StatusCode: 'A',
          CultureName: 'en-GB',
          DateCreated: INSTANT,
        },
        'RecordingKey',
        'k2',
      ),
    },
    expected: { id: 'k1', title: 'Hearing', status: 'A', language: 'en-GB', createdAt: READ_INSTANT },
    total: 77,
  },
  'a ratio for the progress, and a wrapper around each value': {
    body: {
      transcriptions: twice(
        {
          transcriptionId: 't1',
          meta: { label: 'Interview', langCode: 'fr' },
          job: { phase: 'running', ratioDone: 0.25 },
          addedOn: INSTANT,
        },
        'transcriptionId',
        't2',
      ),
      rowCount: 12,
    },
    expected: {
      id: 't1',
      title: 'Interview',
      language: 'fr',
      status: 'running',
      progress: 25,
      createdAt: READ_INSTANT,
    },
    total: 12,
  },
  'Hydra, as API Platform writes it': {
    body: {
      'hydra:member': twice(
        { '@id': '/recordings/1', title: 'One', state: 'done', dateCreated: INSTANT },
        '@id',
        '/recordings/2',
      ),
      'hydra:totalItems': 2,
    },
    expected: { id: '/recordings/1', title: 'One', status: 'done', createdAt: READ_INSTANT },
    total: 2,
  },
  'Spring HATEOAS': {
    body: {
      _embedded: {
        recordingList: twice(
          { recordingId: 5, fileName: 'a.mp3', currentStage: 'queued', uploadedAt: 1_769_763_540 },
          'recordingId',
          6,
        ),
      },
      page: { size: 20, totalElements: 31, number: 0 },
    },
    expected: { id: '5', title: 'a.mp3', status: 'queued', createdAt: READ_INSTANT },
    total: 31,
  },
  Elasticsearch: {
    body: {
      took: 3,
      hits: {
        total: { value: 55, relation: 'eq' },
        hits: twice(
          {
            _id: 'e1',
            _source: { headline: 'x', title: 'Dictation', status: 'ok', language: 'de', createdAt: INSTANT },
          },
          '_id',
          'e2',
        ),
      },
    },
    expected: { id: 'e1', title: 'Dictation', status: 'ok', language: 'de', createdAt: READ_INSTANT },
    total: 55,
  },
  'upper-case columns of a database': {
    body: {
      RESULTSET: twice(
        { REC_NR: 11, REC_NAME: 'Akte', REC_STAND: 'N', REC_SPRACHE: 'de', ERFASST_AM: '2026-01-30 08:59' },
        'REC_NR',
        12,
      ),
      ANZAHL: 400,
    },
    expected: { id: '11', title: 'Akte', status: 'N', language: 'de', createdAt: READ_INSTANT },
    total: 400,
  },
  'Hungarian notation': {
    body: {
      d: {
        results: twice(
          { strRecordId: 'h1', strTitle: 'Hearing', intStatus: 4, dtCreated: INSTANT, dtUpdated: INSTANT },
          'strRecordId',
          'h2',
        ),
        intTotal: 8,
      },
    },
    expected: { id: 'h1', title: 'Hearing', status: '4', createdAt: READ_INSTANT, updatedAt: READ_INSTANT },
    total: 8,
  },
  'abbreviations, beside a list of texts': {
    body: {
      rows: twice(
        { RecRef: 'b1', Name: 'Board', ProcStep: 'transcribe', LangId: 'en', CreatedUtc: INSTANT },
        'RecRef',
        'b2',
      ),
      columns: ['RecRef', 'Name'],
      NumTotal: 2,
    },
    expected: { id: 'b1', title: 'Board', status: 'transcribe', language: 'en', createdAt: READ_INSTANT },
    total: 2,
  },
};
