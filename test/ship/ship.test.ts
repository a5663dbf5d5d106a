import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { ROOT } from '../docs/markdown.ts';

/** What an operator has: the files of the project alone, nothing set, installed and built as for production. */
const folder = mkdtempSync(join(tmpdir(), 'ship-'));
const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], PORT: '0' };

const run = (command: string, args: readonly string[]) =>
  promisify(execFile)(command, args, { cwd: folder, env });

/** With the machine's own settings: it may need some of them to reach the packages. */
const npm = (...args: readonly string[]) =>
  promisify(execFile)('npm', args, { cwd: folder, env: { ...process.env, NODE_ENV: 'production' } });

beforeAll(async () => {
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  for (const file of files.split('\0').filter((name) => name !== '' && existsSync(join(ROOT, name)))) {
    cpSync(join(ROOT, file), join(folder, file));
  }
  await npm('ci');
  await npm('run', 'build');
}, 240_000);

afterAll(() => rmSync(folder, { recursive: true }));

/** Starts it, asks it for a page of the sandbox, and gives how it ends after SIGTERM. */
async function lifeOf(command: string, args: readonly string[]) {
  const child = spawn(command, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const exited = once(child, 'exit');
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const address = () => /playground: (http:\S+\/graphql)/.exec(output)?.[1];
  await expect.poll(address).toBeDefined();

  const query = encodeURIComponent('{ worklist(limit: 1) { total } }');
  const response = await fetch(`${address()}?query=${query}`);
  const body: unknown = await response.json();
  child.kill('SIGTERM');
  const [code] = await exited;
  return { body, code, errors, lastWord: /Stopped\./.test(output) };
}

const LIVED = { body: { data: { worklist: { total: 240 } } }, code: 0, errors: '', lastWord: true };

test('npm start serves, and SIGTERM to it ends it', async () => {
  expect(await lifeOf('npm', ['start'])).toEqual(LIVED);
});

test('what is built runs without what built it, its commands too', async () => {
  await npm('prune', '--omit=dev', '--include=prod');
  expect(existsSync(join(folder, 'node_modules/typescript'))).toBe(false);
  expect(await lifeOf(process.execPath, ['dist/main.js'])).toEqual(LIVED);

  const { stdout: key } = await run(process.execPath, ['dist/commands/api-key.js', 'alice', 'token:read']);
  expect(key).toMatch(/^ {2}alice [0-9a-f]{64} token:read$/m);
  const { stdout: help } = await run(process.execPath, ['dist/commands/sandbox.js', '--help']);
  expect(help).toContain('--port');
  const doctor = run(process.execPath, ['dist/commands/doctor.js']);
  await expect(doctor).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringContaining('no service account is set'),
  });
  const documents = run(process.execPath, ['dist/commands/documents.js', 'README.md']);
  await expect(documents).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('README.md:3:1: Syntax Error'),
  });
});

test('npm ci without development packages leaves the built copy running', async () => {
  await npm('ci', '--omit=dev', '--include=prod');
  expect(existsSync(join(folder, 'node_modules/typescript'))).toBe(false);
  expect(await lifeOf(process.execPath, ['dist/main.js'])).toEqual(LIVED);
});
