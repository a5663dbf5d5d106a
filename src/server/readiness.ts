import { GatewayError } from '../errors.ts';

export interface Readiness {
  /** Why this instance should be sent no requests, by a code; `undefined` where a token is at hand or can be had. */
  reasonAgainst(): Promise<string | undefined>;
  /** Not ready from now on, whatever the token. */
  drain(): void;
}

/** Whether this instance should be sent requests. `getToken` gives a service token, or throws why there is none. */
export function createReadiness(getToken: () => Promise<unknown>): Readiness {
  let draining = false;
  return {
    async reasonAgainst() {
      if (draining) return 'SHUTTING_DOWN';
      try {
        await getToken();
        return undefined;
      } catch (error) {
        return error instanceof GatewayError ? error.code : 'INTERNAL_SERVER_ERROR';
      }
    },
    drain() {
      draining = true;
    },
  };
}
