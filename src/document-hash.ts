import { createHash } from 'node:crypto';

/**
 * The name of a document: the SHA-256 of its text in UTF-8, as 64 hexadecimal digits in lower case. It is that of
 * Apollo's automatic persisted queries (`sha256Hash`), and the key of an allow-list.
 */
export function documentHash(document: string): string {
  return createHash('sha256').update(document).digest('hex');
}
