import type { IncomingMessage } from 'node:http';

/**
 * Brings a request's target into the form in which all else reads it: path and query. An absolute target says the
 * host, too, whatever `Host` says (RFC 9112, section 3.2.2); `/graphql/` is `/graphql`.
 */
export function normalizeTarget(request: IncomingMessage): void {
  const target = request.url ?? '';
  const [, authority, rest] = /^https?:\/\/([^/?#]*)(.*)$/is.exec(target) ?? [];
  if (authority !== undefined) request.headers.host = authority;
  request.url = (rest ?? target).replace(/^(?=\?|$)/, '/').replace(/^(\/graphql)\/(?=\?|$)/, '$1');
}
