/*
 * Builds `dist`: the gateway and its commands, each with all that it needs of the packages it depends on, and nothing
 * else of them. One file is read faster than hundreds, and takes less memory.
 */
import { rmSync } from 'node:fs';
import { build } from 'esbuild';

rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: [
    'src/main.ts',
    'src/commands/api-key.ts',
    'src/commands/doctor.ts',
    'src/commands/documents.ts',
    'src/commands/sandbox.ts',
  ],
  outbase: 'src',
  outdir: 'dist',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  // What is imported later is loaded later.
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  legalComments: 'linked',
  logLevel: 'warning',
  // Some packages are CommonJS, and ask for Node's own modules with `require`.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
});
