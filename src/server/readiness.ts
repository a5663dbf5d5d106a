import type { TokenProvider } from '../auth/token-provider.ts';
import { GatewayError } from '../errors.ts';

export interface Readiness {
  /** 200 where a token is at hand or can be had, else 503 with the reason's code. */
  check(): Promise<Response>;
  /** Not ready from now on, whatever the token. */
  drain(): void;
}

/** Whether this instance should be sent requests. */
export function createReadiness(tokens: TokenProvider): Readiness {
  let draining = false;

  async function reasonAgainst(): Promise<string | undefined> {
    if (draining) return 'SHUTTING_DOWN';
    try {
      await tokens.get();
      return undefined;
    } catch (error) {
      return error instanceof GatewayError ? error.code : 'INTERNAL_SERVER_ERROR';
    }
  }

  return {
    async check() {
      const reason = await reasonAgainst();
      return reason === undefined
        ? Response.json({ ready: true })
        : Response.json({ ready: false, reason }, { status: 503 });
    },
    drain() {
      draining = true;
    },
  };
}
