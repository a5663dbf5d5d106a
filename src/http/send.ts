/** One request to the upstream, as plain data. */
export interface HttpRequest {
  /** Names the endpoint, without parameters, so that events group. */
  readonly route: string;
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Aborted when nobody waits for the response any more. */
  readonly signal?: AbortSignal;
  /** On the monotonic clock: when nobody waits for the response any more. */
  readonly deadlineAtMs?: number;
}

/** A response of any status. The body is already here, so no caller can forget to read or to cancel it. */
export interface HttpResponse {
  readonly status: number;
  /** By lower-case name; repeated headers are joined with `, `. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** Sends one request. Rejects with a `GatewayError` when there is no whole response. */
export type Send = (request: HttpRequest) => Promise<HttpResponse>;

/** Adds one behaviour to a `Send`. */
export type Policy = (next: Send) => Send;

/** `applyPolicies(send, a, b)` goes through `a`, then `b`, then `send`. */
export function applyPolicies(send: Send, ...policies: readonly Policy[]): Send {
  return policies.reduceRight((next, policy) => policy(next), send);
}

/** How a `send` ended, for policies that look at responses and failures alike. */
export type Outcome = PromiseSettledResult<HttpResponse>;

/** Gives the response, or throws the failure. */
export function unwrap(outcome: Outcome): HttpResponse {
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}
