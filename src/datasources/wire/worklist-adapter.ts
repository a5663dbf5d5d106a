import type { WorklistShape } from '../../worklist-shape.ts';
import type { WorklistRecord } from '../worklist-record.ts';
import { listHint, typeInWords, unexpectedBody } from './failure.ts';
import { isJsonObject } from './json.ts';
import { findList } from './list.ts';
import { describeMapping, type Mapping } from './mapping.ts';
import { createRecordReader } from './record.ts';
import { findTotal } from './total.ts';
import type { WireResponse } from './wire-response.ts';

/** One page of the worklist, as far as one response says. */
export interface WirePage {
  /** All that were received, even if they are more than asked. */
  readonly records: readonly WorklistRecord[];
  /** The number of records in the whole worklist. Null where the upstream does not say it, or not believably. */
  readonly total: number | null;
}

/**
 * Reads one page of the worklist from a response of the upstream.
 *
 * @throws GatewayError `UPSTREAM_BAD_RESPONSE` where the list of records is not found or ambiguous, or where a
 * record has no identifier. Its message says the place in the gateway's words, its hint the keys that were found
 * and how a shape file would mend it.
 */
export type WorklistAdapter = (
  response: WireResponse,
  asked: { readonly offset: number; readonly limit: number },
) => WirePage;

/** Creates the adapter for a body of the given shape. What the shape does not name stands where it is assumed to. */
export function createWorklistAdapter(deps: {
  readonly shape: WorklistShape;
  /**
   * Called once per place and type for a typed field whose value is of no use, e.g. with
   * `records[].progress` and `string`.
   */
  readonly onUnexpectedType: (place: string, found: string) => void;
  /** Called once, for the first page with records: how it is understood. */
  readonly onFirstPage?: (mapping: Mapping) => void;
}): WorklistAdapter {
  const { shape, onUnexpectedType } = deps;
  let { onFirstPage } = deps;
  const reported = new Set<string>();

  function report(place: string, found: string): void {
    const fact = `${place} ${found}`;
    if (reported.has(fact)) return;
    reported.add(fact);
    onUnexpectedType(place, found);
  }

  const readRecord = createRecordReader(shape.record, (field, found) => report(`records[].${field}`, found));

  return ({ body, headers }, asked) => {
    const { list, around } = findList(body, shape.records);
    const records = list.map((item, index) => {
      const place = `records[${index}]`;
      if (isJsonObject(item)) return readRecord(item, place);
      throw unexpectedBody(`${place} is ${typeInWords(item)}, not an object`, listHint(body));
    });
    const sources = { body, around, headers, received: records.length, asked };
    const total = findTotal(sources, shape.total, (found) => report('total', found));
    if (records.length > 0) {
      onFirstPage?.(describeMapping({ body, headers }, shape, asked));
      onFirstPage = undefined;
    }
    return { records, total: total?.count ?? null };
  };
}
