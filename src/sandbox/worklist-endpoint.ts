import { recordAt } from './records.ts';
import { jsonReply, type Reply } from './reply.ts';
import type { SandboxRequest } from './request-log.ts';
import type { SandboxSettings } from './settings.ts';
import type { Tokens } from './tokens.ts';

const DEFAULT_OFFSET = '0';
const DEFAULT_LIMIT = '20';

/** Answers `GET /api/records/worklist` with one page, as it stands at `nowMs`. */
export function answerWorklistRequest(
  { headers, query }: Pick<SandboxRequest, 'headers' | 'query'>,
  tokens: Tokens,
  settings: SandboxSettings,
  startedAtMs: number,
  nowMs: number,
): Reply {
  const [, accessToken] = /^Bearer (\S+)$/i.exec(headers['authorization'] ?? '') ?? [];
  if (accessToken === undefined || !tokens.accepts(accessToken)) {
    return jsonReply(401, { error: 'invalid_token' }, { 'WWW-Authenticate': 'Bearer error="invalid_token"' });
  }

  const { offset = DEFAULT_OFFSET, limit = DEFAULT_LIMIT } = query;
  if (!isWholeNumber(offset) || !isWholeNumber(limit)) {
    return jsonReply(400, { error: 'offset and limit are whole numbers, at least 0' });
  }

  const end = Math.min(Number(offset) + Math.min(Number(limit), settings.maxLimit), settings.recordCount);
  const records = [];
  for (let index = Number(offset); index < end; index += 1) {
    records.push(recordAt(index, startedAtMs, nowMs));
  }
  return jsonReply(200, { records, ...statedTotal(settings, records.length) });
}

function isWholeNumber(text: string): boolean {
  return /^\d+$/.test(text);
}

function statedTotal({ total, recordCount }: SandboxSettings, pageLength: number): Record<string, number> {
  const stated: Record<typeof total, Record<string, number>> = {
    exact: { total: recordCount },
    none: {},
    'too-high': { total: recordCount + 100 },
    'too-low': { total: Math.floor(recordCount / 2) },
    'page-length': { count: pageLength },
  };
  return stated[total];
}
