import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request, type Dispatcher } from 'undici';
import { z } from 'zod';

/** What a client saw of one operation. All instants are milliseconds since the Unix epoch. */
export interface TimedResponse {
  /** When the operation should have been sent. */
  readonly dueAtMs: number;
  readonly sentAtMs: number;
  readonly endedAtMs: number;
  readonly httpStatus: number | undefined;
  /** `fresh` or `stale` where a page came, else the error's code; `NO_ANSWER` without a whole answer. */
  readonly outcome: string;
  readonly fetchedAtMs: number | undefined;
  readonly retryAfterMs: number | undefined;
}

export interface Load {
  /** Where the gateway's GraphQL is. */
  readonly url: string;
  /** Operations a second. */
  readonly rate: number;
  readonly seconds: number;
  /** The offset of the page that the operation of this number, from 0, asks for. */
  readonly offsetOf: (operation: number) => number;
}

/** The records on each page that is asked for. */
export const PAGE_LENGTH = 20;

/** Far above the gateway's own deadline, so that its answers are seen and not ours. */
const CLIENT_TIMEOUT_MS = 20_000;

const QUERY = `query ($offset: Int!) {
  worklist(offset: $offset, limit: ${PAGE_LENGTH}) { fetchedAt stale records { id status } }
}`;

const answerBody = z.object({
  data: z.object({ worklist: z.object({ fetchedAt: z.string(), stale: z.boolean() }).nullable() }).nullish(),
  errors: z
    .array(z.object({ extensions: z.object({ code: z.string(), retryAfterMs: z.number().optional() }) }))
    .optional(),
});

/** The wall clock, with fractions of milliseconds. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

/**
 * Sends operations at a steady rate, however slowly they are answered (an open loop), and resolves when all
 * have ended.
 */
export async function runLoad({ url, rate, seconds, offsetOf }: Load): Promise<readonly TimedResponse[]> {
  const dispatcher = new Agent({ headersTimeout: CLIENT_TIMEOUT_MS, bodyTimeout: CLIENT_TIMEOUT_MS });
  const startedAtMs = nowMs();
  const answers: Promise<TimedResponse>[] = [];
  while (answers.length < rate * seconds) {
    const dueAtMs = startedAtMs + (answers.length / rate) * 1_000;
    if (dueAtMs > nowMs()) await sleep(dueAtMs - nowMs());
    answers.push(ask(url, offsetOf(answers.length), dueAtMs, dispatcher));
  }
  const all = await Promise.all(answers);
  await dispatcher.close();
  return all;
}

async function ask(
  url: string,
  offset: number,
  dueAtMs: number,
  dispatcher: Dispatcher,
): Promise<TimedResponse> {
  const sentAtMs = nowMs();
  try {
    const { statusCode, body } = await request(url, {
      dispatcher,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: QUERY, variables: { offset } }),
    });
    const { data, errors } = answerBody.parse(await body.json());
    const page = data?.worklist;
    const failure = errors?.[0]?.extensions;
    return {
      dueAtMs,
      sentAtMs,
      endedAtMs: nowMs(),
      httpStatus: statusCode,
      outcome: failure?.code ?? (page?.stale === true ? 'stale' : 'fresh'),
      fetchedAtMs: page ? Date.parse(page.fetchedAt) : undefined,
      retryAfterMs: failure?.retryAfterMs,
    };
  } catch {
    return {
      dueAtMs,
      sentAtMs,
      endedAtMs: nowMs(),
      httpStatus: undefined,
      outcome: 'NO_ANSWER',
      fetchedAtMs: undefined,
      retryAfterMs: undefined,
    };
  }
}

/** Whether the answer is a page, of whatever age. */
export function isPage({ outcome }: TimedResponse): boolean {
  return outcome === 'fresh' || outcome === 'stale';
}
