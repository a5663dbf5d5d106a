import { parseWeighted } from './weighted.ts';

const CODINGS = ['br', 'gzip', 'identity'] as const;

export type ContentCoding = (typeof CODINGS)[number];

/**
 * How a body is packed, by the request's `Accept-Encoding` (RFC 9110, section 12.5.3): as small as the client takes it
 * with the highest weight; not at all where it says nothing, or nothing that the gateway can do.
 */
export function chooseCoding(acceptEncoding: string | undefined): ContentCoding {
  const entries = parseWeighted(acceptEncoding ?? '');
  const weightOf = (coding: ContentCoding) =>
    entries.find(({ name }) => name === coding || (coding === 'gzip' && name === 'x-gzip'))?.weight ??
    entries.find(({ name }) => name === '*')?.weight ??
    // Acceptable unless it is ruled out, but never preferred to what is asked for.
    0;
  const [best = 'identity'] = CODINGS.toSorted((a, b) => weightOf(b) - weightOf(a));
  return weightOf(best) > 0 ? best : 'identity';
}
