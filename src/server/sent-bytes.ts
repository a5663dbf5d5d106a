import type { IncomingMessage } from 'node:http';

/**
 * How large the parts of a request are of which a client decides: its target and its body, of which `maxBodyBytes` are read. A
 * body of unknown length counts as the largest (RFC 9112, section 6).
 */
export function sentBytes(
  { url = '', headers }: Pick<IncomingMessage, 'url' | 'headers'>,
  maxBodyBytes: number,
): number {
  const isOfUnknownLength = headers['transfer-encoding'] !== undefined;
  const bodyBytes = isOfUnknownLength ? maxBodyBytes : Number(headers['content-length'] ?? 0);
  return url.length + Math.min(bodyBytes, maxBodyBytes);
}
