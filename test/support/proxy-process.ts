import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/**
 * Starts a proxy that keeps its files in `folder`; both are gone when the test ends. What is given tells what the proxy
 * complained of, once it has ended, and `undefined` while it runs.
 */
export function startProxy(program: string, args: readonly string[], folder: string) {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const complaints = text(child.stderr);
  const exited = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
    rmSync(folder, { recursive: true });
  });
  return { complaints: () => (child.exitCode === null ? undefined : complaints) };
}
