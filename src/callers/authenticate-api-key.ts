import { timingSafeEqual } from 'node:crypto';
import { digestOf, type ApiKey } from '../api-key.ts';
import { GatewayError } from '../errors.ts';
import type { Authenticate } from './caller.ts';

/** Lets in who has one of these keys. */
export function authenticateApiKey(keys: readonly ApiKey[]): Authenticate {
  return async ({ bearer, apiKey }) => {
    const presented = bearer ?? apiKey;
    if (presented === undefined) {
      throw new GatewayError(
        'UNAUTHENTICATED',
        'An API key is required, as `Authorization: Bearer` or `x-api-key`.',
      );
    }
    const digest = digestOf(presented);
    // All are compared, in constant time, so that the time tells nothing of where they differ.
    const found = keys.filter(({ sha256 }) => timingSafeEqual(sha256, digest))[0];
    if (found === undefined)
      throw new GatewayError('UNAUTHENTICATED', 'The API key is not one of this gateway.');
    return found;
  };
}
