import type { JsonPointer } from '../../worklist-shape.ts';
import { LIST } from '../../worklist-table.ts';
import { describe, describePlaces, listHint, typeInWords, unexpectedBody } from './failure.ts';
import { findArrays, isJsonObject, valueAt, type JsonObject, type LocatedObject } from './json.ts';
import { entriesByName, normalizeName } from './names.ts';

const LIST_NAMES = LIST.names.map(normalizeName);
const ENVELOPE_NAMES = LIST.envelopes.map(normalizeName);
const OTHER_NAMES = new Set(LIST.others.map(normalizeName));

/** The list of records, and where it was found. */
export interface FoundList {
  readonly pointer: JsonPointer;
  readonly list: readonly unknown[];
  /** The objects around the list, the nearest first. */
  readonly around: readonly LocatedObject[];
}

/**
 * Finds the list of records, at `named` where the shape file names it.
 *
 * @throws GatewayError `UPSTREAM_BAD_RESPONSE` where no array is there, or more than one may be meant.
 */
export function findList(body: unknown, named: JsonPointer | undefined): FoundList {
  const pointer = named ?? guessPointer(body);
  const list = valueAt(body, pointer);
  if (!Array.isArray(list)) {
    const found = list === undefined ? 'nothing' : typeInWords(list);
    const message = `expected the list of records where the shape file says, found ${found}`;
    const place = `at ${describePlaces([pointer])} is ${list === undefined ? found : describe(list)}`;
    throw unexpectedBody(message, `${place}; ${listHint(body)}`);
  }
  return { pointer, list, around: objectsAround(body, pointer) };
}

/** The objects that hold what stands at `pointer`, the nearest first. */
export function objectsAround(body: unknown, pointer: JsonPointer): readonly LocatedObject[] {
  const holders = pointer.map((_token, depth) => pointer.slice(0, depth));
  return holders.toReversed().flatMap((holder) => {
    const object = valueAt(body, holder);
    return isJsonObject(object) ? [{ pointer: holder, object }] : [];
  });
}

function guessPointer(body: unknown): JsonPointer {
  const named = Array.isArray(body) ? [[]] : isJsonObject(body) ? listsIn(body) : [];
  const candidates = named.length > 0 ? named : unnamedLists(body);
  const [pointer, ...others] = candidates;
  if (pointer === undefined) {
    const message = `no list of records, the body is ${typeInWords(body)}`;
    throw unexpectedBody(message, `the body is ${describe(body)}; ${listHint(body)}`);
  }
  if (others.length > 0) {
    const hint = `lists are at ${describePlaces(candidates)}; ${listHint(body, candidates)}`;
    throw unexpectedBody('more than one list that may be the records', hint);
  }
  return pointer;
}

function listsIn(body: JsonObject): readonly JsonPointer[] {
  const enveloped = entriesByName(body)(ENVELOPE_NAMES).flatMap(([envelope, inside]) =>
    isJsonObject(inside) ? arraysIn(inside).map((key) => [envelope, key]) : [],
  );
  return [...arraysIn(body).map((key) => [key]), ...enveloped];
}

function arraysIn(object: JsonObject): readonly string[] {
  const entries = entriesByName(object)(LIST_NAMES);
  return entries.filter(([, value]) => Array.isArray(value)).map(([key]) => key);
}

/** Arrays of objects, whatever they are called; where there are none, those that are empty, as behind the list's end. */
function unnamedLists(body: unknown): readonly JsonPointer[] {
  const arrays = findArrays(body, LIST.depth).filter(
    (pointer) => !pointer.some((token) => OTHER_NAMES.has(normalizeName(token))),
  );
  const ofObjects = arrays.filter((pointer) => isJsonObject(valueAt(body, [...pointer, '0'])));
  return ofObjects.length > 0
    ? ofObjects
    : arrays.filter((pointer) => valueAt(body, [...pointer, '0']) === undefined);
}
