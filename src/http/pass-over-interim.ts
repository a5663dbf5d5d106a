import type { Socket } from 'node:net';
import { UPSTREAM_LIMITS } from '../limits.ts';

/** The begin of an interim response, but for 101, which ends HTTP on a connection. */
const BEGIN = /^HTTP\/1\.1 1(?!01)\d\d[ \r]/;
const SHORTEST = 'HTTP/1.1 100 ';
/** A whole one, headers and all. */
const WHOLE = /^HTTP\/1\.1 1\d\d(?: [^\r\n]*)?\r\n(?:[\w!#$%&'*+.^`|~-]+:[^\r\n]*\r\n)*\r\n/;
/**
 * Hides interim responses from who reads `socket`. A client must be able to pass over them, asked for or not (RFC 9110,
 * section 15.2), but undici ends a connection for a `100 Continue` that it has not asked for.
 */
export function passOverInterim(socket: Socket): void {
  const read = socket.read.bind(socket);
  let begun = Buffer.alloc(0);
  /** What was written when a response was last seen to begin: only more than that is followed by another. */
  let respondedAtBytes = -1;

  socket.read = (size?: number): unknown => {
    const chunk: unknown = read(size);
    if (!Buffer.isBuffer(chunk) || socket.bytesWritten === respondedAtBytes) return chunk;
    let rest = begun.byteLength === 0 ? chunk : Buffer.concat([begun, chunk]);
    begun = Buffer.alloc(0);
    while (mayBegin(rest)) {
      const [whole] = WHOLE.exec(rest.subarray(0, UPSTREAM_LIMITS.maxInterimBytes).toString('latin1')) ?? [];
      if (whole === undefined && rest.byteLength >= UPSTREAM_LIMITS.maxInterimBytes) break;
      if (whole === undefined) {
        begun = Buffer.from(rest);
        return null;
      }
      rest = rest.subarray(whole.length);
    }
    if (rest.byteLength === 0) return null;
    respondedAtBytes = socket.bytesWritten;
    return rest;
  };
}

/** Whether `bytes` begin an interim response, or may once more of them are there: nothing says where they are cut. */
function mayBegin(bytes: Buffer): boolean {
  const text = bytes.subarray(0, SHORTEST.length).toString('latin1');
  return BEGIN.test(text + SHORTEST.slice(text.length));
}
