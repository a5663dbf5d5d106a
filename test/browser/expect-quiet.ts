import { expect } from 'vitest';
import type { Sandbox } from '../../src/sandbox/start-sandbox.ts';

/** Expects that nobody asks for pages any more. `pauseMs` is longer than any pause between two polls. */
export function expectQuiet(sandbox: Sandbox, pauseMs: number): Promise<void> {
  return expect
    .poll(async () => {
      const before = sandbox.worklistRequests().length;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      return sandbox.worklistRequests().length - before;
    })
    .toBe(0);
}
