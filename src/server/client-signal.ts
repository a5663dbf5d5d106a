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
  const leave = () => {
    if (!response.writableFinished) controller.abort();
  };
  if (response.closed) leave();
  else response.once('close', leave);
  return controller.signal;
}
