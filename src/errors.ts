/**
 * Every code with which an error reaches a client, and whether the same request may succeed if it is repeated
 * later. Clients and dashboards match on them: a code is never renamed or given another meaning.
 */
export const RETRYABLE_BY_CODE = {
  BAD_REQUEST: false,
  REQUEST_ENTITY_TOO_LARGE: false,
  GRAPHQL_PARSE_FAILED: false,
  GRAPHQL_VALIDATION_FAILED: false,
  OPERATION_RESOLUTION_FAILURE: false,
  BAD_USER_INPUT: false,
  CURSOR_LOST: false,
  NOT_CACHED: true,
  UNAUTHENTICATED: false,
  ISSUER_UNAVAILABLE: true,
  FORBIDDEN: false,
  QUERY_TOO_COMPLEX: false,
  PERSISTED_QUERY_NOT_FOUND: false,
  RATE_LIMITED: true,
  OVERLOADED: true,
  UPSTREAM_TIMEOUT: true,
  UPSTREAM_UNAVAILABLE: true,
  UPSTREAM_RATE_LIMITED: true,
  UPSTREAM_BAD_RESPONSE: false,
  UPSTREAM_REJECTED: false,
  UPSTREAM_AUTH_FAILED: false,
  ABORTED: true,
  INTERNAL_SERVER_ERROR: false,
} as const;

export type GatewayErrorCode = keyof typeof RETRYABLE_BY_CODE;

export interface GatewayErrorOptions {
  /** What was thrown below, for the log. Never shown to a client. */
  readonly cause?: unknown;
  /** How long to wait before repeating, where it is known. */
  readonly retryAfterMs?: number | undefined;
  /** From which position on to read the list again. */
  readonly offset?: number | undefined;
  /** What the operator can do about it, for the log. Never shown to a client. */
  readonly hint?: string | undefined;
  /** The upstream may have acted on the request although no usable response to it came back. */
  readonly responseLost?: boolean | undefined;
  /**
   * False where the gateway itself must not repeat the request at once: what failed has a pace of its own. Whether a
   * client may repeat it later is another matter, said by `retryable`.
   */
  readonly mayRetryAtOnce?: boolean | undefined;
}

/**
 * A failure the gateway foresaw. `message` is written for clients: it names no host, no path of the upstream
 * and nothing of a body. Anything else that is thrown is a bug, and is masked.
 */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: GatewayErrorCode;
  readonly retryAfterMs: number | undefined;
  readonly offset: number | undefined;
  readonly hint: string | undefined;
  readonly responseLost: boolean;
  readonly mayRetryAtOnce: boolean;

  constructor(code: GatewayErrorCode, message: string, options: GatewayErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
    this.offset = options.offset;
    this.hint = options.hint;
    this.responseLost = options.responseLost ?? false;
    this.mayRetryAtOnce = options.mayRetryAtOnce ?? true;
  }

  get retryable(): boolean {
    return RETRYABLE_BY_CODE[this.code];
  }

  /** The same failure with some options changed, and this one as its cause. */
  with(options: Omit<GatewayErrorOptions, 'cause'>): GatewayError {
    const { code, message, retryAfterMs, offset, hint, responseLost, mayRetryAtOnce } = this;
    return new GatewayError(code, message, {
      retryAfterMs,
      offset,
      hint,
      responseLost,
      mayRetryAtOnce,
      ...options,
      cause: this,
    });
  }
}
