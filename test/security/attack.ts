import { expect, test } from 'vitest';
import { RETRYABLE_BY_CODE } from '../../src/errors.ts';
import { startGateway, type GatewayOverrides } from '../support/gateway-harness.ts';
import { send, type WireResponse, type WireRequest } from '../support/wire.ts';

/** One attack and what becomes of it. */
export interface Attack {
  readonly rule: string;
  readonly request: WireRequest;
  readonly status: number;
  /** That of the first error; absent where there is none. */
  readonly code?: string | undefined;
  /** How many requests for a page reach the upstream; none unless it is said. */
  readonly calls?: number;
  /** Where the gateway differs from that of other tests. */
  readonly gateway?: GatewayOverrides;
  /** What the body says, as far as it matters. */
  readonly body?: RegExp;
}

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
 * A test for each attack, against a gateway of its own. Whatever the attack, the response tells nothing of how the
 * gateway is made, nothing has crashed, and the next client is answered.
 */
export function testAttacks(attacks: readonly Attack[]): void {
  test.for(attacks)('$rule', async ({ request, status, code, calls = 0, gateway, body = ANYTHING }) => {
    const { url, events, sandbox } = await startGateway(gateway);
    const response = await send(url, request);
    const outcome = {
      status: response.status,
      code: codeOf(response),
      calls: sandbox.worklistRequests().length,
    };
    expect(outcome).toEqual({ status, code, calls });
    expect(response.body.slice(0, 1_000)).toMatch(body);
    expect(leakIn(response.body)).toBeUndefined();
    expect(oddErrorsIn(response)).toEqual([]);
    expect(events.filter(({ type }) => type === 'operation.crashed')).toEqual([]);
    expect((await send(url, { path: '/livez' })).status).toBe(200);
  });
}

const ANYTHING = /^/;

/** The code of the first error in a response, where it has errors. */
export function codeOf(response: WireResponse): string | undefined {
  const [error] = errorsIn(response)[0] ?? [];
  return error && (error.extensions?.code ?? 'an error without a code');
}

interface ErrorOnTheWire {
  readonly extensions?: { readonly code?: string; readonly retryable?: boolean };
}

/** The errors of each operation in a response. */
function errorsIn({ body, headers }: WireResponse): readonly (readonly ErrorOnTheWire[])[] {
  if (body === '' || !headers['content-type']?.includes('json')) return [];
  const results: readonly { readonly errors?: readonly ErrorOnTheWire[] }[] = [JSON.parse(body)].flat();
  return results.map(({ errors = [] }) => errors);
}

const EXTENSIONS = ['code', 'retryable', 'retryAfterMs', 'errorId'];
const CODES: Readonly<Record<string, boolean>> = RETRYABLE_BY_CODE;

/** Errors whose code is not in the list, that do not say `retryable` as the list has it, or say more than they may. */
function oddErrorsIn(response: WireResponse): readonly ErrorOnTheWire[] {
  return errorsIn(response)
    .flat()
    .filter(({ extensions: { code = '', retryable, ...more } = {} }) => {
      const isOdd = retryable === undefined || CODES[code] !== retryable;
      return isOdd || !Object.keys(more).every((name) => EXTENSIONS.includes(name));
    });
}

/** The first line of a stack trace in a response. */
export function leakIn(body: string): string | undefined {
  return /^\s+at .*:\d+:\d+\)?$/m.exec(body)?.[0];
}
