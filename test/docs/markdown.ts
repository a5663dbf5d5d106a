import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const NOT_OURS = ['node_modules', 'dist', 'coverage', '.git'];

/** All that people read in the repository: paths from its root. */
export const MARKDOWN = markdownIn('');

function markdownIn(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return NOT_OURS.includes(entry.name) ? [] : markdownIn(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

export function readDocument(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** The fenced blocks of `language` in a document. */
export function fencedBlocks(path: string, language: string): readonly string[] {
  const blocks = readDocument(path).matchAll(/^```(\w*)\n([^]*?)^```$/gm);
  return [...blocks].filter(([, name]) => name === language).map(([, , block = '']) => block);
}

/** The one of them in README.md that holds `text`. Throws where there is none. */
export function fencedBlock(language: string, text: string): string {
  const found = fencedBlocks('README.md', language).find((block) => block.includes(text));
  if (found === undefined) throw new Error(`README.md has no block of ${language} with ${text}`);
  return found;
}
