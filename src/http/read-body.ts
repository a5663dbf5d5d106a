import { pipeline, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { GatewayError } from '../errors.ts';
import { UPSTREAM_LIMITS } from '../limits.ts';

/** The content codings that `readBody` unpacks, for `Accept-Encoding` (RFC 9110, section 12.5.3). */
export const ACCEPTED_CODINGS = 'gzip, deflate, br';

/** Each makes a decoder for what begins with `first`. */
const DECODERS = new Map<string, (first: Buffer) => Transform>([
  ['gzip', () => createGunzip()],
  ['x-gzip', () => createGunzip()],
  ['br', () => createBrotliDecompress()],
  // Some servers send the bare data, without the zlib format around it (RFC 9110, section 8.4.1.2).
  ['deflate', (first) => (((first[0] ?? 0) & 0x0f) === 8 ? createInflate() : createInflateRaw())],
]);

export interface ReadBodyOptions {
  /** The header, where there is one. */
  readonly contentEncoding: string | undefined;
  /** The most that is read, packed as well as unpacked. */
  readonly maxBytes: number;
  /** Whose body it is, for messages. */
  readonly sender: string;
}

/**
 * Reads a body whole, unpacked (RFC 9110, section 8.4). It is read as a stream, so that a small body that unpacks to a
 * huge one takes no more memory than `maxBytes` either. Throws `UPSTREAM_BAD_RESPONSE` where it is too large, packed too
 * often, or damaged; and what `wire` throws.
 */
export async function readBody(wire: AsyncIterable<Buffer>, options: ReadBodyOptions): Promise<Buffer> {
  const { contentEncoding, sender } = options;
  // Some servers name a charset there, or `none`: what is no coding at all is read as it is.
  const decoders = codingsOf(contentEncoding).flatMap((coding) => DECODERS.get(coding) ?? []);
  if (decoders.length > UPSTREAM_LIMITS.maxCodings)
    throw badResponse(`${sender}'s answer is packed too often.`);
  let body = bounded(wire, options);
  // The last coding was applied last.
  for (const decoder of decoders.toReversed()) {
    body = bounded(unpacked(body, decoder, sender), options);
  }
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function codingsOf(contentEncoding = ''): readonly string[] {
  const codings = contentEncoding.split(',').map((coding) => coding.trim().toLowerCase());
  return codings.filter((coding) => coding !== '' && coding !== 'identity');
}

async function* bounded(
  chunks: AsyncIterable<Buffer>,
  { maxBytes, sender }: Pick<ReadBodyOptions, 'maxBytes' | 'sender'>,
): AsyncGenerator<Buffer> {
  let sizeBytes = 0;
  for await (const chunk of chunks) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > maxBytes) {
      throw badResponse(`${sender}'s answer is larger than the gateway reads (${maxBytes} bytes).`);
    }
    yield chunk;
  }
}

async function* unpacked(
  packed: AsyncGenerator<Buffer>,
  decoderFor: (first: Buffer) => Transform,
  sender: string,
): AsyncGenerator<Buffer> {
  const first = await packed.next();
  // Nothing at all, which some servers send with the header nevertheless.
  if (first.done === true) return;
  let isWireBroken = false;
  async function* whole(): AsyncGenerator<Buffer> {
    try {
      yield first.value;
      yield* packed;
    } catch (error) {
      isWireBroken = true;
      throw error;
    }
  }
  try {
    // The error comes out of the loop over the decoder as well.
    yield* pipeline(whole, decoderFor(first.value), () => {}) as AsyncIterable<Buffer>;
  } catch (error) {
    throw isWireBroken ? error : badResponse(`${sender}'s answer is packed, and cannot be unpacked.`);
  }
}

function badResponse(message: string): GatewayError {
  return new GatewayError('UPSTREAM_BAD_RESPONSE', message, { responseLost: true });
}
