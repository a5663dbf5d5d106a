import type { JsonPointer } from '../../worklist-shape.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The JSON type of a decoded value: `null`, `boolean`, `number`, `string`, `array` or `object`. */
export function jsonTypeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** The value at `pointer`, or undefined where nothing stands there. Only what was sent is found. */
export function valueAt(document: unknown, pointer: JsonPointer): unknown {
  return pointer.reduce(childAt, document);
}

/** The text of a pointer, as RFC 6901 writes it. */
export function formatPointer(pointer: JsonPointer): string {
  return pointer.map((token) => `/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

const ARRAY_INDEX = /^(?:0|[1-9]\d*)$/;

function childAt(parent: unknown, token: string): unknown {
  if (Array.isArray(parent)) return ARRAY_INDEX.test(token) ? parent[Number(token)] : undefined;
  // A JSON text may well say `constructor` or `__proto__`, but only its own.
  return isJsonObject(parent) && Object.hasOwn(parent, token) ? parent[token] : undefined;
}
