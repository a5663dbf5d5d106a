import { createHash } from 'node:crypto';
import { arrivedBy, recordAt, type Arrivals } from './records.ts';
import { jsonReply, type Reply } from './reply.ts';
import type { SandboxRequest } from './request-log.ts';
import type { SandboxSettings } from './settings.ts';
import { SHAPES, type PageToWrite, type Shape } from './shapes.ts';
import type { Tokens } from './tokens.ts';

const DEFAULT_OFFSET = '0';
const DEFAULT_LIMIT = '20';

/** What a page depends on, besides its request. */
export interface Worklist {
  readonly tokens: Tokens;
  readonly settings: SandboxSettings;
  readonly startedAtMs: number;
  readonly nowMs: number;
}

/** Replies to `GET /api/records/worklist` with one page, as it stands at `nowMs`, or 304 where the client has it. */
export function worklistReply(
  { headers, query }: Pick<SandboxRequest, 'headers' | 'query'>,
  { tokens, settings, startedAtMs, nowMs }: Worklist,
): Reply {
  const [, accessToken] = /^Bearer (\S+)$/i.exec(headers['authorization'] ?? '') ?? [];
  if (accessToken === undefined || !tokens.accepts(accessToken)) {
    return jsonReply(401, { error: 'invalid_token' }, { 'WWW-Authenticate': 'Bearer error="invalid_token"' });
  }

  const { offset = DEFAULT_OFFSET, limit = DEFAULT_LIMIT } = query;
  if (!isWholeNumber(offset) || !isWholeNumber(limit)) {
    return jsonReply(400, { error: 'offset and limit are whole numbers, at least 0' });
  }

  const arrivals: Arrivals = { startedAtMs, arrivalEveryMs: settings.arrivalEveryMs };
  const recordCount = settings.recordCount + arrivedBy(nowMs, arrivals);
  const end = Math.min(Number(offset) + Math.min(Number(limit), settings.maxLimit), recordCount);
  const records = [];
  for (let index = Number(offset); index < end; index += 1) records.push(recordAt(index, arrivals, nowMs));

  const page = { records, stated: statedTotal(settings.total, recordCount, records.length) };
  return validated(pageReply(page, SHAPES[settings.shape]), headers['if-none-match']);
}

function pageReply(page: PageToWrite, { bodyOf, headersOf }: Shape): Reply {
  return jsonReply(200, bodyOf(page), headersOf?.(page));
}

/** With a strong validator, and without a body where the client has that one (RFC 9110, section 13.1.2). */
function validated({ headers, ...reply }: Reply, ifNoneMatch: string | undefined): Reply {
  const etag = `"${createHash('sha256').update(reply.body).digest('base64url').slice(0, 22)}"`;
  return ifNoneMatch === etag
    ? { status: 304, headers: { ETag: etag }, body: '' }
    : { ...reply, headers: { ...headers, ETag: etag } };
}

function isWholeNumber(text: string): boolean {
  return /^\d+$/.test(text);
}

function statedTotal(
  total: SandboxSettings['total'],
  recordCount: number,
  pageLength: number,
): PageToWrite['stated'] {
  const stated: Record<typeof total, PageToWrite['stated']> = {
    exact: { total: recordCount },
    none: {},
    'too-high': { total: recordCount + 100 },
    'too-low': { total: Math.floor(recordCount / 2) },
    'page-length': { count: pageLength },
  };
  return stated[total];
}
