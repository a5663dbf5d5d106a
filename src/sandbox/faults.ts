import { createRandom } from './random.ts';
import { jsonReply, type Reply } from './reply.ts';
import type { Fault } from './settings.ts';

const SEED = 1;

/** Gives a function that tells, request by request, which fault hits it. */
export function createFaultPicker(faults: readonly Fault[]): (on: Fault['on']) => Fault | undefined {
  const random = createRandom(SEED);
  const candidates = faults.map((fault) => ({ fault, timesLeft: fault.times ?? Infinity }));

  return (on) => {
    const hit = candidates.find(
      ({ fault, timesLeft }) => fault.on === on && timesLeft > 0 && random() < (fault.probability ?? 1),
    );
    if (hit !== undefined) hit.timesLeft -= 1;
    return hit?.fault;
  };
}

/** Gives the answer a fault puts in place of the real one; `undefined` where it leaves that alone. */
export function faultReply({ status, body }: Fault): Reply | undefined {
  if (body !== undefined) return { status: status ?? 200, headers: {}, body };
  if (status !== undefined) return jsonReply(status, { error: 'sandbox_fault' });
  return undefined;
}
