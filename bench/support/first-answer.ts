import { setTimeout as sleep } from 'node:timers/promises';

const PAUSE_MS = 2;

/**
 * Resolves once a POST of `body` to `url` is answered well. Asks again and again until then; rejects with the reason of
 * `signal` when that is aborted first.
 */
export async function firstAnswer(url: string, body: string, signal: AbortSignal): Promise<void> {
  // A fetch whose body stalls may miss that its signal is aborted (nodejs/undici#3644), so nothing waits for it alone.
  const aborted = new Promise<false>((resolve) => {
    signal.addEventListener('abort', () => resolve(false), { once: true });
  });
  for (;;) {
    signal.throwIfAborted();
    if (await Promise.race([isAnswered(url, body, signal), aborted])) return;
    await sleep(PAUSE_MS);
  }
}

async function isAnswered(url: string, body: string, signal: AbortSignal): Promise<boolean> {
  try {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body, signal });
    await response.text();
    return response.ok;
  } catch {
    // Nobody listens there yet.
    return false;
  }
}
