import { GatewayError } from '../errors.ts';

/**
 * Whether a kept value is served in place of this failure (RFC 5861, section 4): not of a refusal of this very request,
 * nor of a caller's own limit.
 */
export function mayServeStaleFor(error: unknown): boolean {
  if (!(error instanceof GatewayError)) return false;
  return (
    error.code === 'OVERLOADED' || (error.code.startsWith('UPSTREAM_') && error.code !== 'UPSTREAM_REJECTED')
  );
}
