import type { IncomingMessage, ServerResponse } from 'node:http';
import { chooseCoding, type ContentCoding } from './content-coding.ts';
import { entityTag, matchesTag } from './entity-tag.ts';
import { packBody } from './pack-body.ts';

/** A page as it is written, with the content security policy under which it works. */
export interface Page {
  readonly html: string;
  readonly policy: string;
}

interface PackedPage {
  readonly policy: string;
  readonly tags: Readonly<Record<ContentCoding, string>>;
  /** By its coding. Whoever is sent one is sent these very bytes: there is no copy for each. */
  readonly bodies: Readonly<Record<ContentCoding, Buffer>>;
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
    const { policy, tags, bodies } = await packed;
    if (response.headersSent) return;
    const coding = chooseCoding(headers['accept-encoding']);
    const tag = tags[coding];
    response.setHeader('cache-control', 'no-cache');
    response.setHeader('content-security-policy', policy);
    response.setHeader('vary', 'Accept, Accept-Encoding, Origin');
    response.setHeader('etag', tag);
    if (matchesTag(headers['if-none-match'], tag)) {
      response.writeHead(304).end();
      return;
    }
    if (coding !== 'identity') response.setHeader('content-encoding', coding);
    response.setHeader('content-length', bodies[coding].length);
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(bodies[coding]);
  };
}

async function pack({ html, policy }: Page): Promise<PackedPage> {
  const identity = Buffer.from(html);
  const [br, gz] = await Promise.all([packBody(identity, 'br'), packBody(identity, 'gzip')]);
  const bodies = { br, gzip: gz, identity };
  const tagOf = (coding: ContentCoding) => entityTag(identity, coding);
  return { policy, tags: { br: tagOf('br'), gzip: tagOf('gzip'), identity: tagOf('identity') }, bodies };
}
