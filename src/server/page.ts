import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { chooseCoding } from './content-coding.ts';

/** A page as it is written, with the content security policy under which it works. */
export interface Page {
  readonly html: string;
  readonly policy: string;
}

interface PackedPage {
  readonly policy: string;
  readonly etag: string;
  /** By its coding. Whoever is sent one is sent these very bytes: there is no copy for each. */
  readonly bodies: Readonly<Record<'br' | 'gzip' | 'identity', Buffer>>;
}

/** Answers a GET or HEAD with the page, or 304 where the client has it. Rejects where it cannot be made. */
export type ServePage = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * Serves one page. It is made and packed for its first visitor, for all who come meanwhile, and again for the next one
 * where that failed. Clients keep it, and ask each time whether it has changed (RFC 9111, section 5.2.2.4).
 */
export function createPage(render: () => Promise<Page>): ServePage {
  let packed: Promise<PackedPage> | undefined;

  return async ({ headers }, response) => {
    packed ??= render()
      .then(pack)
      .catch((error: unknown) => {
        packed = undefined;
        throw error;
      });
    const { policy, etag, bodies } = await packed;
    if (response.headersSent) return;
    const coding = chooseCoding(headers['accept-encoding']);
    const tag = `"${etag}-${coding}"`;
    response.setHeader('cache-control', 'no-cache');
    response.setHeader('content-security-policy', policy);
    response.setHeader('vary', 'Accept, Accept-Encoding, Origin');
    response.setHeader('etag', tag);
    if (matches(headers['if-none-match'], tag)) {
      response.writeHead(304).end();
      return;
    }
    if (coding !== 'identity') response.setHeader('content-encoding', coding);
    response.setHeader('content-length', bodies[coding].length);
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(bodies[coding]);
  };
}

/** Higher levels take many seconds for a few per cent. */
const BROTLI_LEVEL = 5;
const GZIP_LEVEL = 6;

async function pack({ html, policy }: Page): Promise<PackedPage> {
  const identity = Buffer.from(html);
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(identity, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: BROTLI_LEVEL,
        [constants.BROTLI_PARAM_SIZE_HINT]: identity.length,
      },
    }),
    promisify(gzip)(identity, { level: GZIP_LEVEL }),
  ]);
  const etag = createHash('sha256').update(identity).digest('base64url').slice(0, 22);
  return { policy, etag, bodies: { br, gzip: gz, identity } };
}

/** By weak comparison: RFC 9110, section 13.1.2. */
function matches(ifNoneMatch: string | undefined, tag: string): boolean {
  const tags = ifNoneMatch?.split(',').map((each) => each.trim().replace(/^W\//, '')) ?? [];
  return tags.includes('*') || tags.includes(tag);
}
