import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { firstAnswer } from '../../bench/support/first-answer.ts';

/** Answers each request with the next of these statuses, and then with the last again and again. */
async function startServer(...statuses: readonly [number, ...number[]]) {
  let asked = 0;
  const server = createServer((request, response) => {
    response.statusCode = statuses[asked] ?? statuses.at(-1) ?? 500;
    asked += 1;
    request.resume().on('end', () => response.end('answer'));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => asked };
}

test('the first answer is the first that is good', async () => {
  const { url, asked } = await startServer(503, 404, 200);
  await firstAnswer(url, '{}', new AbortController().signal);
  expect(asked()).toBe(3);
});

test('who waits for a first answer that never comes is told to stop', async () => {
  const { url, asked } = await startServer(503);
  const enough = new AbortController();
  const answer = firstAnswer(url, '{}', enough.signal);
  await expect.poll(asked).toBeGreaterThan(2);
  enough.abort(new Error('enough'));
  await expect(answer).rejects.toThrow('enough');
});

test('the bench of the start ends with code 1 where the gateway does', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'start-up-'));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  mkdirSync(join(cwd, 'dist'));
  writeFileSync(join(cwd, 'dist/main.js'), 'process.exit(3)');
  const bench = fileURLToPath(new URL('../../bench/start-up.ts', import.meta.url));
  const words = ['--import', import.meta.resolve('tsx'), bench];
  const child = execFile(process.execPath, words, { cwd });
  onTestFinished(() => void child.kill('SIGKILL'));
  let error = '';
  child.stderr?.on('data', (text: string) => (error += text));
  expect(await once(child, 'exit')).toEqual([1, null]);
  expect(error).toContain('ended before it answered');
});
