import { expect, test } from 'vitest';
import { RETRYABLE_BY_CODE } from '../../src/errors.ts';
import { startGateway, type GatewayOverrides } from '../support/gateway-harness.ts';
import { send, type WireAnswer, type WireRequest } from './wire.ts';

/**
 * One attack and what becomes of it. `code` is that of the first error, `null` where there is none; `calls` is
 * how many requests for a page reached the upstream.
 */
export type Attack = readonly [
  rule: string,
  request: WireRequest,
  status: number,
  code: string | null,
  calls: number,
  more?: { readonly gateway?: GatewayOverrides; readonly answer?: RegExp },
];

/** A POST of a GraphQL request. */
export function post(query: unknown, more: Readonly<Record<string, unknown>> = {}): WireRequest {
  return postText(JSON.stringify({ query, ...more }));
}

/** A POST of this text as JSON. */
export function postText(body: string, headers: WireRequest['headers'] = {}): WireRequest {
  return { body, headers: { 'content-type': 'application/json', ...headers } };
}

/** The same request with these headers, too. */
export function withHeaders(request: WireRequest, headers: WireRequest['headers']): WireRequest {
  return { ...request, headers: { ...request.headers, ...headers } };
}

/** For a POST: the hash that stands for its document, or comes with it. */
export function hash(sha256Hash: unknown, version: unknown = 1) {
  return { extensions: { persistedQuery: { version, sha256Hash } } };
}

/** A GET of a GraphQL request. */
export function get(parameters: Readonly<Record<string, string>>, headers: WireRequest['headers'] = {}) {
  return { path: `/graphql?${new URLSearchParams(parameters).toString()}`, headers };
}

/** `count` things made by their number, with a space between them. */
export function many(count: number, thing: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => thing(index)).join(' ');
}

/** Fragments F0 to F`levels`, each of which spreads the next one twice: 2^`levels` times what the last one has. */
export function fragmentBomb(levels: number, last: string): string {
  const spreads = many(levels, (index) => {
    return `fragment F${index} on Worklist { ...F${index + 1} ...F${index + 1} }`;
  });
  return `${spreads} fragment F${levels} on Worklist { ${last} }`;
}

/**
 * A test for each attack, against a gateway of its own. Whatever the attack, the answer tells nothing of how the
 * gateway is made, nothing has crashed, and the next client is answered.
 */
export function testAttacks(attacks: readonly Attack[]): void {
  test.for(attacks)('%s', async ([, request, status, code, calls, more = {}]) => {
    const { url, events, sandbox } = await startGateway(more.gateway);
    const answer = await send(url, request);
    const outcome = { status: answer.status, code: codeOf(answer), calls: sandbox.worklistRequests().length };
    expect(outcome).toEqual({ status, code, calls });
    expect(answer.body.slice(0, 1_000)).toMatch(more.answer ?? ANYTHING);
    expect(leakIn(answer.body)).toBeUndefined();
    expect(oddErrorsIn(answer)).toEqual([]);
    expect(events.filter(({ type }) => type === 'operation.crashed')).toEqual([]);
    expect((await send(url, { path: '/livez' })).status).toBe(200);
  });
}

const ANYTHING = /^/;

/** The code of the first error in an answer, `null` where it has no errors. */
export function codeOf(answer: WireAnswer): string | null {
  const [error] = errorsIn(answer)[0] ?? [];
  return error === undefined ? null : (error.extensions?.code ?? 'an error without a code');
}

interface ErrorOnTheWire {
  readonly extensions?: { readonly code?: string; readonly retryable?: boolean };
}

/** The errors of each operation in an answer. */
function errorsIn({ body, headers }: WireAnswer): readonly (readonly ErrorOnTheWire[])[] {
  if (body === '' || !headers['content-type']?.includes('json')) return [];
  const answers: readonly { readonly errors?: readonly ErrorOnTheWire[] }[] = [JSON.parse(body)].flat();
  return answers.map(({ errors = [] }) => errors);
}

const EXTENSIONS = ['code', 'retryable', 'retryAfterMs', 'errorId'];
const CODES: Readonly<Record<string, boolean>> = RETRYABLE_BY_CODE;

/** Errors whose code is not in the list, that do not say `retryable` as the list has it, or say more than they may. */
function oddErrorsIn(answer: WireAnswer): readonly ErrorOnTheWire[] {
  return errorsIn(answer)
    .flat()
    .filter(({ extensions: { code = '', retryable, ...more } = {} }) => {
      const isOdd = retryable === undefined || CODES[code] !== retryable;
      return isOdd || !Object.keys(more).every((name) => EXTENSIONS.includes(name));
    });
}

/** The first line of a stack trace in an answer. */
export function leakIn(body: string): string | undefined {
  return /^\s+at .*:\d+:\d+\)?$/m.exec(body)?.[0];
}
