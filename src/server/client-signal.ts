import { setMaxListeners } from 'node:events';
import type { ServerResponse } from 'node:http';

/**
 * A signal that is aborted when the client goes before its response is there. It is made for the first who asks, so that
 * a response for which nobody waits costs none.
 */
export function createClientSignal(response: ServerResponse): () => AbortSignal {
  let signal: AbortSignal | undefined;
  return () => {
    signal ??= signalOf(response);
    return signal;
  };
}

function signalOf(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  // A request may hold many operations, each with many pages that wait: Node would warn of a leak.
  setMaxListeners(0, controller.signal);
  const leave = () => {
    if (!response.writableFinished) controller.abort();
  };
  if (response.closed) leave();
  else response.once('close', leave);
  return controller.signal;
}
