import { parseWeighted, type Weighted } from './weighted.ts';

/** The media types of a response in GraphQL over HTTP; the first where a client does not mind. */
export const GRAPHQL_TYPES = ['application/json', 'application/graphql-response+json'] as const;

const PAGE_TYPE = 'text/html';

/**
 * The media type in which a request is answered, of those that are offered, by its `Accept` (RFC 9110, section 12.5.1):
 * the one of the highest weight, then the one that is named more exactly, then the one that is named first, then the
 * one that is offered first. `undefined` where none is acceptable.
 */
export function chooseType<Type extends string>(
  accept: string | undefined,
  offered: readonly Type[],
): Type | undefined {
  const ranges = rangesOf(accept);
  const ranked = offered.flatMap((type) => {
    const names = [type, `${type.split('/')[0]}/*`, '*/*'];
    const exactness = names.findIndex((name) => ranges.some((range) => range.name === name));
    const place = ranges.findIndex(({ name }) => name === names[exactness]);
    const weight = ranges[place]?.weight ?? 0;
    return weight > 0 ? [{ type, weight, exactness, place }] : [];
  });
  return ranked.toSorted((a, b) => b.weight - a.weight || a.exactness - b.exactness || a.place - b.place)[0]
    ?.type;
}

/** Whether a request is for a page that people read, and not for data. A wildcard for every type asks for none. */
export function asksForPage(method: string | undefined, accept: string | undefined): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  const isNamed = rangesOf(accept).some(({ name }) => name.startsWith('text/'));
  return isNamed && chooseType(accept, [...GRAPHQL_TYPES, PAGE_TYPE]) === PAGE_TYPE;
}

/** Without those in another charset: responses are in UTF-8. */
function rangesOf(accept: string | undefined): readonly Weighted[] {
  const text = accept === undefined || accept.trim() === '' ? '*/*' : accept;
  return parseWeighted(text).filter(({ parameters }) =>
    ['utf-8', 'utf8'].includes(parameters.get('charset') ?? 'utf-8'),
  );
}
