import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { ContentCoding } from './content-coding.ts';

/** Higher levels take many times as long for a few per cent. */
const BROTLI_LEVEL = 5;
const GZIP_LEVEL = 6;

/** A body in a coding, packed beside the event loop. */
export async function packBody(
  body: string | Buffer,
  coding: Exclude<ContentCoding, 'identity'>,
): Promise<Buffer> {
  const packed = await (coding === 'gzip'
    ? promisify(gzip)(body, { level: GZIP_LEVEL })
    : promisify(brotliCompress)(body, {
        params: {
          [constants.BROTLI_PARAM_QUALITY]: BROTLI_LEVEL,
          [constants.BROTLI_PARAM_SIZE_HINT]: Buffer.byteLength(body),
        },
      }));
  // A copy of its own: what zlib gives is the begin of a piece of 16 KiB, which it would keep in memory.
  const copy = Buffer.allocUnsafeSlow(packed.length);
  packed.copy(copy);
  return copy;
}
