import { z } from 'zod';
import {
  byName,
  RECORD,
  RECORD_FIELDS,
  UNITS,
  type FieldKinds,
  type KindOf,
  type RecordField,
} from './worklist-table.ts';

/** An RFC 6901 JSON Pointer as its unescaped tokens. No token at all is the whole document. */
export type JsonPointer = readonly string[];

/** Where one field stands in a record, and how what stands there is read. */
export interface FieldShape<Unit extends string = never> {
  readonly pointer: JsonPointer;
  /** The unit that a number is in, where that is known. */
  readonly unit?: Unit | undefined;
  /** What the words, or the numbers of them, that are sent stand for; others stand for themselves. */
  readonly values?: ReadonlyMap<string, string> | undefined;
}

/** What is known of a record. A field that is not named is looked for under its assumed names. */
export type RecordShape = {
  readonly [Field in RecordField]?: FieldShape<FieldKinds[KindOf<Field>]['unit']> | undefined;
};

/** What a shape file says of the worklist's body. What it does not name is assumed. */
export interface WorklistShape {
  /** The array of records, from the body. */
  readonly records?: JsonPointer | undefined;
  /** The number of records in the whole worklist, from the body. */
  readonly total?: JsonPointer | undefined;
  /** Each field, from the record. */
  readonly record: RecordShape;
}

/** The shape of a gateway without a shape file: nothing replaced. */
export const ASSUMED_SHAPE: WorklistShape = { record: {} };

const OBJECT_RULE = 'must be a JSON object';
const POINTER_RULE = 'must be a JSON Pointer (RFC 6901), such as "/caption"';
const FIELD_RULE = `${POINTER_RULE}, or an object with such a "pointer"`;

const pointerText = z
  .string(POINTER_RULE)
  .regex(/^(?:\/(?:[^~/]|~[01])*)*$/, POINTER_RULE)
  .transform(tokensOf);

const VALUES_RULE = 'must be an object of texts, such as { "0": "Queued", "1": "Done" }';
const valuesTable = z
  .record(z.string(), z.string(VALUES_RULE), VALUES_RULE)
  .transform((values): ReadonlyMap<string, string> => new Map(Object.entries(values)));

const plainField = z.preprocess(asLongForm, z.strictObject({ pointer: pointerText }, FIELD_RULE)).optional();

/** What may be said of a field, by its kind. */
const FIELD_SHAPES = {
  id: plainField,
  text: plainField,
  word: z
    .preprocess(
      asLongForm,
      z.strictObject({ pointer: pointerText, values: valuesTable.optional() }, FIELD_RULE),
    )
    .optional(),
  instant: plainField,
  percent: measuredField(UNITS.percent),
  durationMs: measuredField(UNITS.durationMs),
};

const recordFields = byName<{ readonly [Field in RecordField]: (typeof FIELD_SHAPES)[KindOf<Field>] }>(
  RECORD_FIELDS,
  (field) => FIELD_SHAPES[RECORD[field].kind],
);

const worklistShape = z.strictObject(
  {
    records: pointerText.optional(),
    total: pointerText.optional(),
    record: z.strictObject(recordFields, OBJECT_RULE).default({}),
  },
  OBJECT_RULE,
);

/**
 * Parses the decoded JSON of a shape file. Gives every problem at once, each naming the entry and the rule it
 * breaks, never a value of the file.
 */
export function parseWorklistShape(
  json: unknown,
): { readonly shape: WorklistShape } | { readonly problems: readonly string[] } {
  const parsed = worklistShape.safeParse(json);
  return parsed.success ? { shape: parsed.data } : { problems: parsed.error.issues.flatMap(problemsOf) };
}

/** A shape file, as JSON. */
export interface ShapeFile {
  readonly records?: string;
  readonly total?: string;
  readonly record?: Readonly<Record<string, unknown>>;
}

/** The JSON of a shape file that says this. */
export function formatWorklistShape({ records, total, record }: WorklistShape): ShapeFile {
  const fields = RECORD_FIELDS.flatMap((field) => {
    const shape = record[field];
    if (shape === undefined) return [];
    const { unit, values } = shape;
    const place = formatPointer(shape.pointer);
    const isShort = unit === undefined && values === undefined;
    const long = {
      pointer: place,
      ...(unit && { unit }),
      ...(values && { values: Object.fromEntries(values) }),
    };
    return [[field, isShort ? place : long]];
  });
  return {
    ...(records && { records: formatPointer(records) }),
    ...(total && { total: formatPointer(total) }),
    ...(fields.length > 0 && { record: Object.fromEntries(fields) }),
  };
}

/** The text of a pointer, as RFC 6901 writes it. */
export function formatPointer(pointer: JsonPointer): string {
  return pointer.map((token) => `/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function measuredField<Unit extends string>(units: readonly Unit[]) {
  const unit = z.enum(units, `must be one of ${units.join(', ')}`).optional();
  return z.preprocess(asLongForm, z.strictObject({ pointer: pointerText, unit }, FIELD_RULE)).optional();
}

function asLongForm(entry: unknown): unknown {
  return typeof entry === 'string' ? { pointer: entry } : entry;
}

function tokensOf(text: string): JsonPointer {
  // `~1` first: `~01` means `~1`, not `/` (RFC 6901, section 4).
  const tokens = text.split('/').map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
  return tokens.slice(1);
}

const MAX_KEY_LENGTH = 40;

function problemsOf(issue: z.core.$ZodIssue): readonly string[] {
  // The short form has no key `pointer`: the entry is what holds it.
  const entry = issue.path.filter((key) => key !== 'pointer').join('.') || 'shape file';
  if (issue.code !== 'unrecognized_keys') return [`${entry}: ${issue.message}`];
  return issue.keys.map((key) => `${entry}: unknown key ${JSON.stringify(key.slice(0, MAX_KEY_LENGTH))}`);
}
