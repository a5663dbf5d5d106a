import { GatewayError } from '../errors.ts';

/** Named fields only, since libraries hang requests and bodies onto their errors. */
export interface ErrorFields {
  readonly name?: string;
  readonly code?: string;
  readonly message: string;
  readonly hint?: string;
  /** Of a bug alone: where a failure that was foreseen, or the network's, was noticed tells nothing. */
  readonly stack?: string | undefined;
  readonly cause?: ErrorFields;
}

const MAX_DEPTH = 4;

/** An error as the log has it. */
export function describeError(error: unknown): ErrorFields {
  return describe(error, !isForeseen(error), 0);
}

function describe(error: unknown, withStack: boolean, depth: number): ErrorFields {
  if (!(error instanceof Error)) return { message: `a thrown ${typeof error}` };
  const cause = causeOf(error);
  return {
    name: error.name,
    ...('code' in error && typeof error.code === 'string' && { code: error.code }),
    message: error.message,
    ...(error instanceof GatewayError && error.hint !== undefined && { hint: error.hint }),
    ...(withStack && { stack: error.stack }),
    ...(cause !== undefined &&
      depth < MAX_DEPTH && {
        cause: describe(cause, withStack && !isForeseen(cause), depth + 1),
      }),
  };
}

/** What is behind an error. A failure that is the same with other options, as `with` makes it, says nothing new. */
function causeOf(error: Error): unknown {
  const { cause } = error;
  const isTheSame =
    error instanceof GatewayError &&
    cause instanceof GatewayError &&
    cause.code === error.code &&
    cause.message === error.message;
  return isTheSame ? causeOf(cause) : cause;
}

/** Foreseen by the gateway, made by a caller that left, or by the network: as against a bug. */
function isForeseen(error: unknown): boolean {
  if (error instanceof GatewayError) return true;
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return error.name === 'AbortError' || error.name === 'TimeoutError' || isOfTheNetwork(code);
}

/** `ECONNRESET` and its like, and undici's own. `ERR_` begins what Node says of a wrong use of it. */
function isOfTheNetwork(code: string): boolean {
  return /^(?:E(?!RR_)[A-Z0-9_]+|UND_ERR_[A-Z_]+)$/.test(code);
}
