import { RECORD_FIELDS, type FieldKinds, type KindOf, type RecordField } from '../worklist-table.ts';

/** A typed field that a record may lack. */
export type TypedField = Exclude<RecordField, 'id'>;

/** The typed fields of a record; null where the upstream does not say it in a way that is certain. */
export type TypedFields = { readonly [Field in TypedField]: FieldKinds[KindOf<Field>]['value'] | null };

/** One record of the worklist. */
export interface WorklistRecord extends TypedFields {
  readonly id: string;
  /** The record as sent. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** All of them, in the order of the table. */
export const TYPED_FIELDS: readonly TypedField[] = RECORD_FIELDS.filter((field) => field !== 'id');
