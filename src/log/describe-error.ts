import { GatewayError } from '../errors.ts';

/** An error as the log has it: named fields only, since libraries hang requests and bodies onto their errors. */
export function describeError(error: unknown, depth = 0): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { message: `a thrown ${typeof error}` };
  return {
    name: error.name,
    ...('code' in error && typeof error.code === 'string' && { code: error.code }),
    message: error.message,
    ...(error instanceof GatewayError && error.hint !== undefined && { hint: error.hint }),
    ...(!(error instanceof GatewayError) && { stack: error.stack }),
    ...(error.cause !== undefined && depth < MAX_DEPTH && { cause: describeError(error.cause, depth + 1) }),
  };
}

const MAX_DEPTH = 4;
