import { expect, test } from 'vitest';
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

/** A GET of a GraphQL request. */
export function get(parameters: Readonly<Record<string, string>>, headers: WireRequest['headers'] = {}) {
  return { path: `/graphql?${new URLSearchParams(parameters).toString()}`, headers };
}

/** `count` things made by their number, with a space between them. */
export function many(count: number, thing: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => thing(index)).join(' ');
}

/**
 * A test for each attack, against a gateway of its own. Whatever the attack, the answer tells nothing of how the
 * gateway is made, nothing has crashed, and the next client is answered.
 */
export function testAttacks(attacks: readonly Attack[]): void {
  test.each(attacks)('%s', async (_rule, request, status, code, calls, more = {}) => {
    const { url, events, sandbox } = await startGateway(more.gateway);
    const answer = await send(url, request);
    if (process.env.PROBE) { const {appendFileSync}=await import('node:fs'); const crash = events.filter(e=>e.type==='operation.crashed'); appendFileSync('/tmp/probe.log', JSON.stringify([_rule, answer.status, codeOf(answer), sandbox.worklistRequests().length, status, code, calls, answer.headers['content-type'], answer.body.slice(0,300), crash.map(e=>String((e as any).error?.stack).slice(0,600))])+'\n'); }
    expect({ status: answer.status, code: codeOf(answer), calls: sandbox.worklistRequests().length }).toEqual({
      status,
      code,
      calls,
    });
    if (more.answer !== undefined) expect(answer.body).toMatch(more.answer);
    expect(answer.body).not.toMatch(/node_modules|\.[jt]s:\d+|at \w+ \(/);
    expect(events.filter(({ type }) => type === 'operation.crashed')).toEqual([]);
    expect((await send(url, { path: '/livez' })).status).toBe(200);
  });
}

/** The code of the first error in an answer, `null` where it has no errors. */
export function codeOf({ body, headers }: WireAnswer): string | null {
  if (!headers['content-type']?.includes('json')) return null;
  const [answer]: readonly { errors?: readonly { extensions?: { code?: string } }[] }[] = [
    JSON.parse(body),
  ].flat();
  const [error] = answer?.errors ?? [];
  return error === undefined ? null : (error.extensions?.code ?? 'an error without a code');
}
