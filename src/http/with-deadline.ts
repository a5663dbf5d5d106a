import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { HttpResponse, Policy } from './send.ts';

export interface DeadlineOptions {
  readonly clock: Clock;
  /** From the call to the last byte of the body, everything below included. */
  readonly timeoutMs: number;
}

/**
 * Rejects with `UPSTREAM_TIMEOUT` after `timeoutMs` or at the request's own deadline, or with the reason of its signal,
 * at once and by itself, whatever happens below. What is below is asked to stop by the signal it was given: a signal
 * alone is not enough, since a stalled body can outlive one that was garbage-collected (nodejs/undici#3644,
 * nodejs/node#57736).
 */
export function withDeadline({ clock, timeoutMs }: DeadlineOptions): Policy {
  return (next) => (request) =>
    new Promise<HttpResponse>((resolve, reject) => {
      const { signal } = request;
      const controller = new AbortController();

      const stop = (reason: unknown) => {
        settle();
        reject(reason);
        controller.abort(reason);
      };
      const leave = () => stop(signal?.reason);
      const nowMs = clock.monotonicMs();
      const deadlineAtMs = Math.min(nowMs + timeoutMs, request.deadlineAtMs ?? Infinity);
      const leftMs = Math.max(0, deadlineAtMs - nowMs);
      const callOff = clock.after(leftMs, () =>
        stop(
          new GatewayError('UPSTREAM_TIMEOUT', `GoSpeech did not answer within ${Math.round(leftMs)} ms.`, {
            responseLost: true,
          }),
        ),
      );
      const settle = () => {
        callOff();
        signal?.removeEventListener('abort', leave);
      };

      if (signal?.aborted === true) return leave();
      signal?.addEventListener('abort', leave, { once: true });
      next({ ...request, signal: controller.signal, deadlineAtMs })
        .then(resolve, reject)
        .finally(settle);
    });
}
