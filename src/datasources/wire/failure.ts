import { GatewayError } from '../../errors.ts';
import { formatPointer, type JsonPointer } from '../../worklist-shape.ts';
import { findArrays, isJsonObject, jsonTypeOf, valueAt, type JsonObject } from './json.ts';
import { readId } from './values.ts';

/* A body may have any number of keys of any length, and a log line has to stay readable. */
const MAX_LISTED = 10;
const MAX_KEY_LENGTH = 40;
const MAX_POINTER_LENGTH = 200;
const MAX_SEARCH_DEPTH = 5;

/**
 * The body is JSON, but not the worklist. `message` is for clients: only JSON types, and places in the gateway's own
 * words, since any key of a body may be personal data. `hint` is for the log, and may say keys, but no values.
 */
export function unexpectedBody(message: string, hint: string): GatewayError {
  const text = `The upstream's worklist is not as expected: ${message}.`;
  return new GatewayError('UPSTREAM_BAD_RESPONSE', text, { hint });
}

/** What a value is, by its JSON type. */
export function typeInWords(value: unknown): string {
  const type = jsonTypeOf(value);
  return type === 'null' ? type : `${type === 'array' || type === 'object' ? 'an' : 'a'} ${type}`;
}

/** What a value is, by its JSON type and the names and types of its keys. For hints. */
export function describe(value: unknown): string {
  if (!isJsonObject(value)) return typeInWords(value);
  const keys = Object.keys(value);
  if (keys.length === 0) return 'an object without keys';
  return `an object with ${listed(keys, (key) => `"${printable(key)}" (${jsonTypeOf(value[key])})`)}`;
}

/** Places in the body, by their pointers. For hints. */
export function describePlaces(pointers: readonly JsonPointer[]): string {
  return listed(pointers, (pointer) => `"${formatPointer(pointer.map(printable))}"`);
}

/** How the shape file could name the list: at `pointers`, or at whatever in the body looks like one. */
export function listHint(body: unknown, pointers: readonly JsonPointer[] = arraysOfObjects(body)): string {
  return suggestion(pointers, '/path/to/the/list', (pointer) => `{ "records": ${pointer} }`);
}

/** How the shape file could name the identifier: at whatever key of `record` has a value that could be one. */
export function idHint(record: JsonObject): string {
  const keys = Object.keys(record).filter((key) => readId(record[key]) !== undefined);
  return suggestion(
    keys.map((key) => [key]),
    '/path/to/the/identifier',
    (pointer) => `{ "record": { "id": ${pointer} } }`,
  );
}

function suggestion(
  pointers: readonly JsonPointer[],
  example: string,
  snippet: (pointer: string) => string,
): string {
  const real = pointers.map(formatPointer).filter((text) => text.length <= MAX_POINTER_LENGTH);
  const shown = real.length === 0 ? [example] : real.slice(0, MAX_LISTED);
  return `GOSPEECH_SHAPE_FILE could say ${shown.map((text) => snippet(JSON.stringify(text))).join(' or ')}`;
}

function listed<Thing>(things: readonly Thing[], show: (thing: Thing) => string): string {
  const more = things.length - MAX_LISTED;
  return things.slice(0, MAX_LISTED).map(show).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** A name as people may read it: short, and without characters that change how the rest is shown. */
export function printable(name: string): string {
  return name.slice(0, MAX_KEY_LENGTH).replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '');
}

function arraysOfObjects(body: unknown): readonly JsonPointer[] {
  return findArrays(body, MAX_SEARCH_DEPTH).filter((pointer) =>
    isJsonObject(valueAt(body, [...pointer, '0'])),
  );
}
