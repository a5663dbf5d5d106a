import type { ServerResponse } from 'node:http';
import type { StreamFraming } from './stream-framing.ts';

/** Writes results into one response, for as long as its client reads. */
export interface StreamWriter {
  /** Where the client has not yet taken what was written before, only the newest result is kept for it. */
  write(json: string): void;
  beat(): void;
  /** Ends the response. `isOver`: says so, so that the client does not come back by itself. */
  end(isOver: boolean): void;
}

/** The head must not have been sent; `headers` are names and values in turn. */
export function createStreamWriter(
  response: ServerResponse,
  framing: StreamFraming,
  headers: readonly string[],
): StreamWriter {
  /** The newest result that waits for the client. */
  let pending: string | undefined;

  response.writeHead(200, [
    ...headers,
    'content-type',
    framing.contentType,
    // Proxies would hold it back until there is enough of it.
    'x-accel-buffering',
    'no',
  ]);
  response.write(framing.begin);
  response.on('drain', () => {
    if (pending === undefined || response.writableEnded) return;
    response.write(framing.result(pending));
    pending = undefined;
  });

  return {
    write(json) {
      if (response.writableEnded) return;
      if (response.writableNeedDrain) pending = json;
      else response.write(framing.result(json));
    },
    beat() {
      if (!response.writableEnded && !response.writableNeedDrain) response.write(framing.heartbeat);
    },
    end(isOver) {
      if (response.writableEnded) return;
      if (pending !== undefined) response.write(framing.result(pending));
      response.end(isOver ? framing.end : undefined);
    },
  };
}
