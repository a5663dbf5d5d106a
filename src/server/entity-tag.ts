import { hash } from 'node:crypto';

/** A strong validator of these bytes in this coding (RFC 9110, section 8.8.3): another coding is another representation. */
export function entityTag(content: string | Buffer, coding: string): string {
  return `"${hash('sha256', content, 'base64url').slice(0, 22)}-${coding}"`;
}

/** Whether a client has what bears this tag, by weak comparison (RFC 9110, section 13.1.2). */
export function matchesTag(ifNoneMatch: string | undefined, tag: string): boolean {
  const tags = ifNoneMatch?.split(',').map((each) => each.trim().replace(/^W\//, '')) ?? [];
  return tags.includes('*') || tags.includes(tag);
}
