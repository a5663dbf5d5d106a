import { RETRYABLE_BY_CODE, type GatewayErrorCode } from './errors.ts';

/** What every error says of itself to a client, besides its message. */
export interface ClientErrorExtensions {
  readonly code: GatewayErrorCode;
  /** Whether the same request may succeed if it is repeated later. */
  readonly retryable: boolean;
  /** How long to wait before that, where it is known. */
  readonly retryAfterMs?: number;
  /** From which position on to read the list again. */
  readonly offset?: number;
  /** Under what a bug stands in the log. */
  readonly errorId?: string;
}

/** The `extensions` of an error in a response. They are made nowhere else, so that none lacks one. */
export function clientErrorExtensions(
  code: GatewayErrorCode,
  { retryAfterMs, offset, errorId }: ClientErrorDetails = {},
): ClientErrorExtensions {
  return {
    code,
    retryable: RETRYABLE_BY_CODE[code],
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(offset !== undefined && { offset }),
    ...(errorId !== undefined && { errorId }),
  };
}

/** What is known of one failure, besides its code. */
interface ClientErrorDetails {
  readonly retryAfterMs?: number | undefined;
  readonly offset?: number | undefined;
  readonly errorId?: string | undefined;
}
