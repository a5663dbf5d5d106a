import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { startProcess } from '../support/gateway-process.ts';
import { readDocument, ROOT } from './markdown.ts';

/** A copy of the source, with the packages of this checkout; deleted when the test ends. */
function copyOfSource(): string {
  const copy = mkdtempSync(join(tmpdir(), 'extended-'));
  onTestFinished(() => rmSync(copy, { recursive: true }));
  for (const name of ['src', 'package.json', 'tsconfig.json']) {
    cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** Puts the lines with `+` where the lines around them stand in the file that the first line names. */
function applyDiff(copy: string, diff: string): void {
  const [head = '', ...lines] = diff.trimEnd().split('\n');
  const path = join(copy, head.replace(/^--- /, ''));
  const text = readFileSync(path, 'utf8');
  const textOf = (marks: string) =>
    lines
      .filter((line) => marks.includes(line[0] ?? ''))
      .map((line) => `${line.slice(1)}\n`)
      .join('');
  expect(text.split(textOf(' ')), `${diff} stands once`).toHaveLength(2);
  writeFileSync(
    path,
    text.replace(textOf(' '), () => textOf(' +')),
  );
}

/** Makes all changes that the document shows, and gives how many there were. */
function extend(copy: string): number {
  const blocks = [...readDocument('docs/extending.md').matchAll(/^```(diff|ts)\n([^]*?)^```$/gm)];
  for (const [, language, block = ''] of blocks) {
    if (language === 'diff') applyDiff(copy, block);
    else writeFileSync(join(copy, /^\/\/ (\S+)/.exec(block)?.[1] ?? ''), block);
  }
  return blocks.length;
}

/** A GoSpeech that sends a speaker, and single records. */
async function startUpstream(): Promise<string> {
  const record = { id: 'a/b', speakerName: 'Ada' };
  const bodies: Readonly<Record<string, unknown>> = {
    '/connect/token': { access_token: 'abc', token_type: 'Bearer', expires_in: 3_600 },
    '/api/records/worklist': { records: [record], total: 1 },
    '/api/records/a%2Fb': record,
  };
  const server = createServer((request, response) => {
    const body = bodies[new URL(request.url ?? '', 'http://localhost').pathname];
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}

test('the changes of docs/extending.md compile, and give the field and the endpoint to clients', async () => {
  const copy = copyOfSource();
  expect(extend(copy)).toBe(9);
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  await promisify(execFile)(process.execPath, [tsc, '-p', join(copy, 'tsconfig.json')]);

  const url = await startUpstream();
  const gateway = startProcess(
    {
      PORT: '0',
      GOSPEECH_BASE_URL: url,
      GOSPEECH_CLIENT_ID: 'gateway',
      GOSPEECH_CLIENT_SECRET: 'secret',
      GOSPEECH_USERNAME: 'developer',
      GOSPEECH_PASSWORD: 'password',
    },
    {},
    join(copy, 'src/main.ts'),
  );
  const query = '{ worklist { records { speaker } } record(id: "a/b") { id speaker } }';
  const response = await fetch(`${await gateway.url()}/graphql?query=${encodeURIComponent(query)}`);
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(await response.json()).toEqual({
    data: { worklist: { records: [{ speaker: 'Ada' }] }, record: { id: 'a/b', speaker: 'Ada' } },
  });
});
