import type { IncomingMessage } from 'node:http';
import type { SandboxRequest } from './request-log.ts';

/** Several times a token request with the longest tokens in use. */
const MAX_FORM_BYTES = 65_536;

/**
 * Gives all of a request but when it came and how it ended, once its body is complete. Never settles when the
 * client leaves before that. A body that is too large, or is no form, gives no fields.
 */
export async function readRequest(
  incoming: IncomingMessage,
): Promise<Omit<SandboxRequest, 'receivedAtMs' | 'closedByClient'>> {
  const { method = '', url = '' } = incoming;
  // Split by hand: the URL parser rejects some request targets that anybody may send, such as `//`.
  const [path = '', search = ''] = url.split('?', 2);
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
  const isForm = incoming.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  const body = await readBody(incoming);
  return {
    method,
    path,
    query: fieldsOf(search),
    form: isForm ? fieldsOf(body) : {},
    headers: Object.fromEntries(headers),
  };
}

/** The text of a body, once it is complete; nothing where it is too large. */
export function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  incoming.on('data', (chunk: Buffer) => {
    sizeBytes += chunk.length;
    // What is too large is still read to its end: only then does every client listen for the answer.
    if (sizeBytes <= MAX_FORM_BYTES) chunks.push(chunk);
  });
  return new Promise((resolve) => {
    incoming.on('end', () => resolve(sizeBytes <= MAX_FORM_BYTES ? Buffer.concat(chunks).toString() : ''));
  });
}

function fieldsOf(encoded: string): Readonly<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(encoded));
}
