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

/** An object, and where it stands in the body. */
export interface LocatedObject {
  readonly pointer: JsonPointer;
  readonly object: JsonObject;
}

/** The value at `pointer`, or undefined where nothing stands there. Only what was sent is found. */
export function valueAt(document: unknown, pointer: JsonPointer): unknown {
  return pointer.reduce(childAt, document);
}

const MAX_SEARCHED_VALUES = 1_000;

/**
 * Where arrays stand in a document, inside of objects only and at most `maxDepth` names deep, the nearest first. Of a
 * document that is large, what stands among its first thousand values.
 */
export function findArrays(document: unknown, maxDepth: number): readonly JsonPointer[] {
  const found: JsonPointer[] = [];
  const queue: { readonly value: unknown; readonly pointer: JsonPointer }[] = [
    { value: document, pointer: [] },
  ];
  for (const { value, pointer } of queue) {
    if (Array.isArray(value)) found.push(pointer);
    if (!isJsonObject(value) || pointer.length === maxDepth) continue;
    const keys = Object.keys(value).slice(0, MAX_SEARCHED_VALUES - queue.length);
    queue.push(...keys.map((key) => ({ value: value[key], pointer: [...pointer, key] })));
  }
  return found;
}

const ARRAY_INDEX = /^(?:0|[1-9]\d*)$/;

function childAt(parent: unknown, token: string): unknown {
  if (Array.isArray(parent)) return ARRAY_INDEX.test(token) ? parent[Number(token)] : undefined;
  // A JSON text may well say `constructor` or `__proto__`, but only its own.
  return isJsonObject(parent) && Object.hasOwn(parent, token) ? parent[token] : undefined;
}
