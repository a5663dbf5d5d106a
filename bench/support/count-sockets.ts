import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';

export interface SocketCount {
  /** The most that were seen open at once. */
  peak(): number;
  stop(): void;
}

/** Often enough for any peak that matters; a connection the client has just cut is noticed by then. */
const LOOK_EVERY_MS = 10;

/** Counts the connections that a server of this process accepts on `port` from now on. */
export function countSockets(port: number): SocketCount {
  let open = 0;
  let peak = 0;
  const accept = (message: unknown) => {
    const socket = message instanceof Object && 'socket' in message ? message.socket : undefined;
    if (!(socket instanceof Socket) || socket.localPort !== port) return;
    open += 1;
    socket.once('close', () => {
      open -= 1;
    });
  };
  const look = setInterval(() => {
    peak = Math.max(peak, open);
  }, LOOK_EVERY_MS);
  subscribe('net.server.socket', accept);
  return {
    peak: () => peak,
    stop() {
      clearInterval(look);
      unsubscribe('net.server.socket', accept);
    },
  };
}
