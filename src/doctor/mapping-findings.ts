import type { FieldMapping, Mapping } from '../datasources/wire/mapping.ts';
import { printable } from '../datasources/wire/failure.ts';
import type { Place } from '../datasources/wire/likeness.ts';
import { formatPointer, type JsonPointer } from '../worklist-shape.ts';
import type { Finding } from './finding.ts';

/** How a page of the worklist is understood, in lines for people: names and JSON types, no values. */
export function mappingFindings(mapping: Mapping): readonly Finding[] {
  return [listFinding(mapping), ...(mapping.recordCount > 0 ? recordFindings(mapping) : [])];
}

function listFinding({ list, lists, recordCount }: Mapping): Finding {
  const step = 'List';
  if (list === undefined) {
    return {
      verdict: 'failed',
      step,
      text: 'the records are not found, or several lists may be they',
      details:
        lists.length === 0
          ? ['Nothing in the body is a list of objects: is GOSPEECH_API_URL right?']
          : [
              `Lists of objects are at ${lists.map(quoted).join(', ')}: name the right one in the shape file.`,
            ],
    };
  }
  const text = `${recordCount} records ← ${quoted(list)}`;
  return recordCount > 0
    ? { verdict: 'ok', step, text }
    : { verdict: 'note', step, text, details: ['An empty list says nothing of what a record is like.'] };
}

function recordFindings({ total, fields, unread, recordCount }: Mapping): readonly Finding[] {
  const totalFinding: Finding = total.isKnown
    ? {
        verdict: 'ok',
        step: 'total',
        text: `← ${total.pointer === undefined ? 'the header X-Total-Count' : quoted(total.pointer)}`,
      }
    : {
        verdict: 'note',
        step: 'total',
        text: 'is not found, so it is null',
        details: looksLike(total.candidates),
      };
  const rest: Finding[] =
    unread.length === 0
      ? []
      : [{ verdict: 'ok', step: 'Unread', text: `${unread.map(described).join(', ')}: only in \`fields\`` }];
  return [totalFinding, ...fields.map((field) => fieldFinding(field, recordCount)), ...rest];
}

function fieldFinding(mapping: FieldMapping, recordCount: number): Finding {
  const { field, from, valueCount, useless, missing, candidates, unit } = mapping;
  const details = [
    ...(missing === undefined ? [] : [`The shape file says ${quoted(missing)}, where nothing stands.`]),
    ...(useless.length === 0 ? [] : [`Of no use: ${useless.map(described).join(', ')}.`]),
    ...(unit === 'unknown'
      ? ['Nothing says the unit of that number: "unit" in the shape file does: ms, s or min.']
      : []),
    ...(unit === 'ratio'
      ? ['Its numbers look like parts of one: { "unit": "ratio" } in the shape file says so.']
      : []),
    ...looksLike(candidates),
  ];
  if (valueCount === 0) {
    return {
      verdict: field === 'id' ? 'failed' : 'note',
      step: field,
      text: field === 'id' ? 'is not found: no page can be served' : 'is not found, so it is null',
      details,
    };
  }
  const share = valueCount < recordCount ? `, in ${valueCount} of ${recordCount}` : '';
  return {
    verdict: details.length > 0 ? 'note' : 'ok',
    step: field,
    text: `← ${from.map(described).join(', ')}${share}`,
    details,
  };
}

function looksLike(candidates: readonly Place[]): readonly string[] {
  return candidates.length === 0 ? [] : [`It may be ${candidates.map(described).join(', ')}.`];
}

function described({ pointer, types }: Place): string {
  return `${quoted(pointer)} (${types.join(' or ')})`;
}

function quoted(pointer: JsonPointer): string {
  return `"${formatPointer(pointer.map(printable))}"`;
}
