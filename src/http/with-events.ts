import type { Clock } from '../clock.ts';
import type { Report } from '../events.ts';
import type { Policy } from './send.ts';

export interface EventOptions {
  readonly report: Report;
  readonly clock: Clock;
}

/** Reports each attempt: its status, or why there is none, and how long it took. */
export function withEvents({ report, clock }: EventOptions): Policy {
  return (next) => async (request) => {
    const { route } = request;
    const startedAtMs = clock.monotonicMs();
    const durationMs = () => Math.round(clock.monotonicMs() - startedAtMs);
    try {
      const response = await next(request);
      report({ type: 'upstream.responded', route, status: response.status, durationMs: durationMs() });
      return response;
    } catch (error) {
      report({ type: 'upstream.failed', route, error, durationMs: durationMs() });
      throw error;
    }
  };
}
