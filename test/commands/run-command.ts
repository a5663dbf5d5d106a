import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** A command as a process of its own, with these words behind it; ended with the test. */
export function startCommand(script: string, ...words: readonly string[]) {
  const file = fileURLToPath(new URL(`../../src/commands/${script}`, import.meta.url));
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), file, ...words]);
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** What it writes, and the code it ends with. */
export async function runCommand(script: string, ...words: readonly string[]) {
  const child = startCommand(script, ...words);
  const exited = once(child, 'exit');
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await exited;
  return { code, out, error };
}
