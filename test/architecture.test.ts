import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/**
 * Each folder of src, and the folders it may import from besides itself. Files directly in src are open to all, but
 * for the composition, which sees everything and is seen by commands alone.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  config: [],
  http: [],
  auth: ['http'],
  callers: [],
  datasources: ['http'],
  schema: ['datasources', 'auth (types)'],
  graphql: ['schema', 'callers (types)', 'config (types)'],
  responses: [],
  server: ['callers'],
  log: ['config (types)'],
  sandbox: [],
  doctor: ['http', 'datasources'],
  commands: ['config', 'doctor', 'sandbox', 'schema'],
};

const COMPOSITION = [
  'main.ts',
  'run-gateway.ts',
  'run-doctor.ts',
  'create-gateway.ts',
  'create-upstream.ts',
  'create-api.ts',
  'create-operations.ts',
  'create-streams.ts',
];

const src = fileURLToPath(new URL('../src', import.meta.url));
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

interface Import {
  readonly file: string;
  readonly target: string;
  readonly isTypeOnly: boolean;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(src, file), 'utf8');
  const pattern =
    /^(import|export) (type )?[^;]*?from '(\.[^']+)';|import\('(\.[^']+)'\)|^import '(\.[^']+)';/gm;
  return [...text.matchAll(pattern)].map((match) => ({
    file,
    target: relative(src, join(src, dirname(file), match[3] ?? match[4] ?? match[5] ?? '')),
    isTypeOnly: match[2] !== undefined,
  }));
}

/** A file's folder; its own name where it lies directly in src. */
function folderOf(path: string): string {
  return path.split('/')[0] ?? path;
}

function isAllowed({ file, target, isTypeOnly }: Import): boolean {
  const [from, to] = [folderOf(file), folderOf(target)];
  // The sandbox shares nothing, so that a mistake of the gateway cannot agree with itself.
  if (from === 'sandbox') return to === 'sandbox';
  if (COMPOSITION.includes(from)) return to !== 'commands';
  if (COMPOSITION.includes(to)) return from === 'commands';
  if (from === to || to.endsWith('.ts')) return true;
  const allowed = MAY_IMPORT[from] ?? [];
  return allowed.includes(to) || (isTypeOnly && allowed.includes(`${to} (types)`));
}

const imports = files.flatMap(importsOf);

test('every import keeps to the table', () => {
  expect(imports.length).toBeGreaterThan(50);
  expect(imports.filter((each) => !isAllowed(each))).toEqual([]);
});

test('each folder has its line in the table', () => {
  const folders = new Set(files.map(folderOf).filter((folder) => !folder.endsWith('.ts')));
  expect([...folders].filter((folder) => MAY_IMPORT[folder] === undefined)).toEqual([]);
});

test('nobody imports what is started: main, or a command', () => {
  const started = [
    'main.ts',
    'commands/api-key.ts',
    'commands/doctor.ts',
    'commands/documents.ts',
    'commands/sandbox.ts',
  ];
  expect(files.filter((file) => started.includes(file))).toHaveLength(started.length);
  expect(imports.filter(({ target }) => started.includes(target))).toEqual([]);
});

test('main listens to signals before it loads what takes time', () => {
  const text = readFileSync(join(src, 'main.ts'), 'utf8');
  const loadedFirst = [...text.matchAll(/^import .* from '(.+)';$/gm)].map(([, target]) => target);
  expect(loadedFirst).toEqual(['node:v8', './clock.ts', './stop-signals.ts']);
  expect(importsOf('stop-signals.ts').every(({ isTypeOnly }) => isTypeOnly)).toBe(true);
  expect(importsOf('clock.ts')).toEqual([]);
});

test('only main and the doctor read the environment', () => {
  const readers = files.filter((file) => readFileSync(join(src, file), 'utf8').includes('process.env'));
  expect(readers.toSorted()).toEqual(['commands/doctor.ts', 'main.ts']);
});

test('no file is longer than 250 lines', () => {
  const tooLong = files.filter((file) => readFileSync(join(src, file), 'utf8').split('\n').length > 251);
  expect(tooLong).toEqual([]);
});
