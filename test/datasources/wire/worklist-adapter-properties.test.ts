import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createWorklistAdapter, type WirePage } from '../../../src/datasources/wire/worklist-adapter.ts';
import { GatewayError } from '../../../src/errors.ts';
import { ASSUMED_SHAPE, parseWorklistShape, type WorklistShape } from '../../../src/worklist-shape.ts';

const CANARY = 'CANARY';
const ASKED = { offset: 0, limit: 1_000 };

const adapterOf = (shape: WorklistShape) => createWorklistAdapter({ shape, onUnexpectedType: () => {} });

function shapeOf(shapeFile: unknown): WorklistShape {
  const parsed = parseWorklistShape(shapeFile);
  if ('problems' in parsed) throw new Error(parsed.problems.join('\n'));
  return parsed.shape;
}

/** Names the adapter looks for, names every object inherits, and any others. */
const anyKey = fc.oneof(
  fc.constantFrom(
    'records',
    'items',
    'data',
    'Data',
    'rows',
    'payload',
    'total',
    'count',
    'meta',
    'id',
    'uuid',
  ),
  fc.constantFrom('title', 'progress', 'durationMs', 'duration', 'createdAt', 'updated'),
  fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', '', '0'),
  fc.string({ unit: 'binary', maxLength: 60 }),
);

/** Any JSON value under such keys, whose texts all hold the canary. */
const anyBody = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    fc.oneof(
      fc.string().map((text) => CANARY + text),
      fc.oneof(fc.double(), fc.integer()).filter(Number.isFinite),
      fc.boolean(),
      fc.constant(null),
    ),
    fc.array(tie('value'), { maxLength: 5 }),
    // As a JSON parser makes it: `__proto__` is a key like any other.
    fc.array(fc.tuple(anyKey, tie('value')), { maxLength: 8 }).map((entries) => Object.fromEntries(entries)),
  ),
})).value;

const anyShape = fc.oneof(
  fc.constant(ASSUMED_SHAPE),
  fc.record({
    records: fc.option(fc.array(anyKey, { maxLength: 3 }), { nil: undefined }),
    total: fc.option(fc.array(anyKey, { maxLength: 3 }), { nil: undefined }),
    record: fc.record(
      {
        id: fc.record({ pointer: fc.array(anyKey, { maxLength: 2 }) }),
        title: fc.record({ pointer: fc.array(anyKey, { maxLength: 2 }) }),
        durationMs: fc.record({
          pointer: fc.array(anyKey, { maxLength: 2 }),
          unit: fc.constantFrom('ms', 's'),
        }),
      },
      { requiredKeys: [] },
    ),
  }),
);

function outcomeOf(body: unknown, shape: WorklistShape): WirePage | GatewayError {
  try {
    return adapterOf(shape)({ body, headers: { 'x-total-count': CANARY } }, ASKED);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
}

test('any body gives a page with identifiers and a believable total, or a bad response', () => {
  fc.assert(
    fc.property(anyBody, anyShape, (body, shape) => {
      const outcome = outcomeOf(body, shape);
      const failed = outcome instanceof GatewayError;
      const { records, total } = failed ? { records: [], total: null } : outcome;
      expect(failed ? outcome.code : 'UPSTREAM_BAD_RESPONSE').toBe('UPSTREAM_BAD_RESPONSE');
      expect(records.map(({ id }) => id)).not.toContain('');
      expect(total ?? records.length).toBeGreaterThanOrEqual(records.length);
    }),
    { numRuns: 2_000 },
  );
});

const TYPE = '(nothing|null|an? (boolean|number|string|array|object))';

/** All that a message may say of a body: JSON types, and places in the gateway's words. */
const MESSAGE = new RegExp(
  `^The upstream's worklist is not as expected: (${[
    `no list of records, the body is ${TYPE}`,
    'more than one list that may be the records',
    `expected the list of records where the shape file says, found ${TYPE}`,
    `records\\[\\d+\\] is ${TYPE}, not an object`,
    `records\\[\\d+\\]\\.id is not a usable identifier, found ${TYPE}`,
  ].join('|')})\\.$`,
);

test('a failure says to clients nothing of the body but types, and in its hint no value and only so much of its keys', () => {
  fc.assert(
    fc.property(anyBody, anyShape, (body, shape) => {
      const outcome = outcomeOf(body, shape);
      fc.pre(outcome instanceof GatewayError);
      expect(outcome.message).toMatch(MESSAGE);
      expect(outcome.hint).toMatch(/GOSPEECH_SHAPE_FILE could say \{ .* \}$/);
      expect(outcome.hint).not.toContain(CANARY);
      expect(outcome.hint?.length).toBeLessThan(6_000);
    }),
    { numRuns: 2_000 },
  );
});

test('reading a body changes neither it nor what every object inherits', () => {
  fc.assert(
    fc.property(anyBody, (body) => {
      const before = JSON.stringify(body);
      outcomeOf(body, ASSUMED_SHAPE);
      expect(JSON.stringify(body)).toBe(before);
      expect(Object.keys(Object.prototype)).toEqual([]);
    }),
  );
});

/** One name in any case and with any separators between its words. */
function variantsOf(...names: readonly string[]): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom(...names), fc.constantFrom('', '_', '-', ' ', '.'), fc.constantFrom(0, 1, 2))
    .map(([name, separator, letters]) => {
      const separated = name.replace(/(?=[A-Z])/g, separator);
      return [separated, separated.toUpperCase(), separated.toLowerCase()][letters] ?? separated;
    });
}

const instant = fc
  .date({ min: new Date('1990-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());
const durationName = variantsOf('durationMs', 'durationInMs', 'durationMilliseconds', 'lengthMs');

/** A record as it may be sent, and what it says. */
const record = fc
  .record({
    id: fc.tuple(variantsOf('id', 'recordId', 'uuid', 'guid'), fc.string({ minLength: 1 })),
    title: fc.tuple(variantsOf('title', 'name', 'displayName', 'fileName'), fc.string()),
    status: fc.tuple(variantsOf('status', 'state'), fc.string()),
    progress: fc.tuple(variantsOf('progress', 'progressPercent'), fc.nat(100)),
    language: fc.tuple(variantsOf('language', 'languageCode', 'locale'), fc.string()),
    durationMs: fc.tuple(durationName, fc.nat()),
    createdAt: fc.tuple(variantsOf('createdAt', 'created', 'createdOn', 'creationDate'), instant),
    updatedAt: fc.tuple(variantsOf('updatedAt', 'updated', 'modifiedOn', 'lastModified'), instant),
  })
  .map((field) => {
    const sent: unknown = JSON.parse(JSON.stringify(Object.fromEntries(Object.values(field))));
    return {
      sent,
      said: Object.fromEntries(Object.entries(field).map(([name, [, value]]) => [name, value])),
    };
  });

const listName = variantsOf('records', 'items', 'data', 'results', 'content', 'value', 'rows', 'worklist');
const totalName = variantsOf('total', 'totalCount', 'totalItems', 'totalElements', 'totalRecords');
const envelopeName = variantsOf('data', 'result', 'response', 'payload', 'worklist');

test('well-formed pages are read exactly, whatever the names, cases and envelopes', () => {
  const page = fc.record({
    records: fc.array(record, { maxLength: 8 }),
    listName: fc.option(listName),
    envelope: fc.option(envelopeName),
    totalName,
    holder: fc.option(variantsOf('meta', 'paging', 'pagination', 'page')),
    more: fc.nat(100),
  });

  fc.assert(
    fc.property(page, (sent) => {
      const list = sent.records.map((each) => each.sent);
      const total = sent.records.length + sent.more;
      const counted = { [sent.totalName]: total };
      const around = sent.holder === null ? counted : { [sent.holder]: counted };
      const named = sent.listName === null ? list : { [sent.listName]: list, ...around };
      // A list without a name stands at the top, where nothing else does.
      const body = sent.envelope === null || sent.listName === null ? named : { [sent.envelope]: named };

      expect(adapterOf(ASSUMED_SHAPE)({ body, headers: {} }, ASKED)).toEqual({
        records: sent.records.map((each) => ({ ...each.said, fields: each.sent })),
        total: sent.listName === null ? null : total,
      });
    }),
    { numRuns: 500 },
  );
});

function pointerTo(path: readonly string[]): string {
  return path.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function nest(path: readonly string[], value: unknown): unknown {
  return path.reduceRight<unknown>((inner, key) => Object.fromEntries([[key, inner]]), value);
}

test('a shape file finds the list and the identifiers in any nesting', () => {
  const keys = fc.array(anyKey, { maxLength: 5 });

  fc.assert(
    fc.property(
      keys,
      fc.array(anyKey, { minLength: 1, maxLength: 3 }),
      fc.array(fc.nat()),
      (path, idPath, ids) => {
        const shape = shapeOf({ records: pointerTo(path), record: { id: pointerTo(idPath) } });
        const body = nest(
          path,
          ids.map((id) => nest(idPath, id)),
        );

        const { records } = adapterOf(shape)({ body, headers: {} }, ASKED);
        expect(records.map(({ id }) => id)).toEqual(ids.map(String));
      },
    ),
  );
});
