import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { digestOf, parseApiKeys } from '../../src/api-key.ts';
import { readDocuments } from '../../src/config/read-documents.ts';
import { runCommand, startCommand } from './run-command.ts';

test('a key is printed with the line by which the gateway knows it, and another one each time', async () => {
  const runs = await Promise.all(
    [1, 2].map(() => runCommand('api-key.ts', 'alice', 'worklist:read', 'token:read')),
  );
  const keys = runs.map(({ out }) => /gsk_[\w-]{43}/.exec(out)?.[0] ?? '');
  expect(new Set(keys).size).toBe(2);

  const line = /^ {2}(alice .*)$/m.exec(runs[0]?.out ?? '')?.[1] ?? '';
  expect(parseApiKeys(line)).toEqual({
    keys: [
      {
        name: 'alice',
        sha256: digestOf(keys[0] ?? ''),
        permissions: new Set(['worklist:read', 'token:read']),
      },
    ],
  });
});

test.each([[[]], [['alice']], [['alice', 'worklist:write']], [['al/ice', 'token:read']]])(
  'for the words %j no key is made, and the right ones are told',
  async (words) => {
    const { code, out, error } = await runCommand('api-key.ts', ...words);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(error).toContain('NAME PERMISSION');
    expect(error).toContain('worklist:read, token:read, token:reveal');
  },
);

test('every document that would not run is named with file, line and reason, and there is no list', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'documents-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const texts = {
    'right.graphql': '{ worklist { total } }',
    'cut.graphql': '{\n  worklist {',
    'wrong.graphql': 'query A {\n  worklist { titel }\n  worklist(limit: "x") { total }\n}',
    'fragment.graphql': 'fragment A on Record { id }',
  };
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text);
  const files = [...Object.keys(texts), 'none.graphql'].map((name) => join(folder, name));
  const output = join(folder, 'documents.json');
  const { code, out, error } = await runCommand('documents.ts', '--output', output, ...files);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  const lines = error.trimEnd().split('\n');
  expect(lines.every((line) => line.startsWith(folder))).toBe(true);
  expect(lines.map((line) => line.slice(folder.length + 1))).toEqual([
    expect.stringMatching(/^cut\.graphql:2:13: Syntax Error: /),
    expect.stringMatching(/^wrong\.graphql:2:3: Fields "worklist" conflict/),
    expect.stringMatching(/^wrong\.graphql:2:14: Cannot query field "titel" on type "Worklist"/),
    expect.stringMatching(/^wrong\.graphql:3:19: Int cannot represent non-integer value: "x"/),
    expect.stringMatching(/^fragment\.graphql:1:1: Fragment "A" is never used/),
    'fragment.graphql: It holds no operation.',
    expect.stringMatching(/^none\.graphql: ENOENT/),
  ]);
  expect(existsSync(output)).toBe(false);
});

test('with --output the list is a file, whatever npm prints besides', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'documents-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [file, output] = [join(folder, 'one.graphql'), join(folder, 'documents.json')];
  writeFileSync(file, 'subscription { worklist { total } }');
  const { code, out } = await runCommand('documents.ts', '--output', output, file);
  expect({ code, out }).toEqual({ code: 0, out: `1 documents are in ${output}.\n` });
  const { documents } = readDocuments(output, readFileSync);
  expect([...(documents?.values() ?? [])]).toEqual(['subscription { worklist { total } }']);
});

test.each([
  ['api-key.ts', 'alice', 'token:read'],
  ['documents.ts', 'one.graphql'],
  ['sandbox.ts', '--help'],
])('%s ends without a word where nobody reads what it prints', async (script, ...words) => {
  const folder = mkdtempSync(join(tmpdir(), 'reader-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'one.graphql');
  writeFileSync(file, '{ worklist { total } }');
  const child = startCommand(script, ...words.map((word) => (word === 'one.graphql' ? file : word)));
  child.stdout.destroy();
  const [error, [code]] = await Promise.all([readText(child.stderr), once(child, 'exit')]);
  expect([code, error]).toEqual([141, '']);
});

test('a document is read without its byte order mark, which no client sends', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'documents-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'one.graphql'), '\uFEFF{ worklist { total } }');
  const { out } = await runCommand('documents.ts', join(folder, 'one.graphql'));
  const { documents } = readDocuments('printed', () => Buffer.from(out));
  expect([...(documents?.values() ?? [])]).toEqual(['{ worklist { total } }']);
});

test('an allow-list is made of documents as they are', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'documents-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const document = 'query One {\n  worklist { total }\n}\n';
  writeFileSync(join(folder, 'one.graphql'), document);
  const { code, out } = await runCommand('documents.ts', join(folder, 'one.graphql'));
  expect(code).toBe(0);
  const { documents } = readDocuments('printed', () => Buffer.from(out));
  expect([...(documents?.values() ?? [])]).toEqual([document]);
});
