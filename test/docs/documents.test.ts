import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { RETRYABLE_BY_CODE } from '../../src/errors.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { MARKDOWN, readDocument, ROOT } from './markdown.ts';

const MAX_COLUMNS = 120;

test('there are documents', () => {
  expect(MARKDOWN).toContain('README.md');
  expect(MARKDOWN).toContain(join('docs', 'errors.md'));
});

test.each(MARKDOWN)('%s is no wider than 120 columns', (path) => {
  const wide = readDocument(path)
    .split('\n')
    .filter((line) => Array.from(line).length > MAX_COLUMNS);
  expect(wide).toEqual([]);
});

const FILES = ['.ci', 'bench', 'docs', 'examples/react-apollo/src', 'src', 'test'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
);

test.each(MARKDOWN)('every file and folder of ours that %s names is there', (path) => {
  const prose = readDocument(path).replaceAll(/^```[^]*?^```$/gm, '');
  const named = prose.matchAll(/(?<![\w/.-])((?:bench|src|test)\/[\w./*-]*\w)|`([\w/*-]+\.ts)`/g);
  const missing = [...named].map(([, full, short = '']) => full ?? short).filter((name) => !isThere(name));
  expect(missing).toEqual([]);
});

/** Documents leave out the beginning of a path where they speak of nothing else; `*` is any part of a name. */
function isThere(name: string): boolean {
  const pattern = new RegExp(`(?:^|/)${name.replaceAll('.', '[.]').replaceAll('*', '[^/]*')}$`);
  return FILES.some((path) => pattern.test(path));
}

test.each(MARKDOWN)('every link within %s leads somewhere', (path) => {
  const links = [...readDocument(path).matchAll(/\]\(([^)#:]*)(?:#([^)]*))?\)/g)];
  const broken = links.filter(([, file = '', heading]) => {
    const target = file === '' ? path : join(dirname(path), file);
    if (!existsSync(join(ROOT, target))) return true;
    return heading !== undefined && !headingsOf(target).includes(heading);
  });
  expect(broken.map(([link]) => link)).toEqual([]);
});

/** As links name them. */
function headingsOf(path: string): readonly string[] {
  return [...readDocument(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .replaceAll(/\s/g, '-'),
  );
}

test.each(MARKDOWN)('every script of npm that %s names is there', (path) => {
  const named = [...readDocument(path).matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name);
  expect(named.filter((name) => !Object.hasOwn(packageJson.scripts, name))).toEqual([]);
});

test('`npm ci` installs what `npm start` builds with, also where NODE_ENV is production', () => {
  const env = { ...process.env, NODE_ENV: 'production' };
  const included = execFileSync('npm', ['config', 'get', 'include'], { cwd: ROOT, env, encoding: 'utf8' });
  expect(included.trim().split(',')).toContain('dev');
});

test('docs/errors.md has every code, and no other, and says whether to retry', () => {
  const rows = [...readDocument('docs/errors.md').matchAll(/^- `([A-Z_]+)` \((retry|no retry)[^)]*\)/gm)];
  const documented = Object.fromEntries(rows.map(([, code = '', retry]) => [code, retry === 'retry']));
  expect(documented).toEqual(RETRYABLE_BY_CODE);
});

test('no document names a code that no error has', () => {
  const known = new Set<string>(Object.keys(RETRYABLE_BY_CODE));
  const prefixes = /^(?:UPSTREAM|GRAPHQL|QUERY|OPERATION|PERSISTED|BAD|REQUEST|ISSUER)_[A-Z_]+$/;
  const unknown = MARKDOWN.flatMap((path) =>
    [...readDocument(path).matchAll(/`([A-Z_]+)`/g)]
      .map(([, name = '']) => name)
      .filter((name) => prefixes.test(name) && !known.has(name)),
  );
  expect(unknown).toEqual([]);
});
