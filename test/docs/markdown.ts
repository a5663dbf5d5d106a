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

/** The fenced block of `language` in README.md that holds `text`. Throws where there is none. */
export function fencedBlock(language: string, text: string): string {
  const blocks = readDocument('README.md').matchAll(/^```(\w*)\n([^]*?)^```$/gm);
  for (const [, name, block = ''] of blocks) if (name === language && block.includes(text)) return block;
  throw new Error(`README.md has no block of ${language} with ${text}`);
}
