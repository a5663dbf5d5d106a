import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below those that systems give to whoever asks for any, so that nobody else is given one of them meanwhile. */
const FIRST = 10_000;
const LAST = 32_000;

/** Ports of the loopback address on which nobody listens, for those who must know theirs beforehand. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(FIRST, LAST);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

async function isFree(port: number): Promise<boolean> {
  const holder = createServer();
  try {
    await once(holder.listen(port, '127.0.0.1'), 'listening');
  } catch {
    return false;
  }
  await once(holder.close(), 'close');
  return true;
}
