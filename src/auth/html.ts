import type { HttpResponse } from '../http/send.ts';

/** Whether the body is a page for people, by its type and how it begins. */
export function isHtml({ headers, body }: HttpResponse): boolean {
  if (!/\bx?html\b/i.test(headers['content-type'] ?? 'text/html')) return false;
  return /^[\uFEFF\s]*<[a-z!?]/i.test(body.toString('utf8', 0, 1_024));
}
