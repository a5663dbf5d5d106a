import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { isExecutable, usualPaths } from '../../test/support/find-program.ts';
import { API_KEY, pinnedTo } from './servers.ts';

/** What clients saw. */
const measured = z.object({
  requests: z.number(),
  seconds: z.number(),
  /** No answer, or none with a status of success. */
  failed: z.number(),
  p50Ms: z.number(),
  p99Ms: z.number(),
  maxMs: z.number(),
});
export type Measured = z.infer<typeof measured>;

export interface Load {
  readonly url: string;
  /** Paths, or bodies of POSTs to `/graphql`, in turn. */
  readonly requests: readonly string[];
  readonly connections: number;
  readonly seconds: number;
  readonly core: number | undefined;
}

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** What makes the load: wrk where it is installed, else autocannon, which is slower than what it measures. */
export const LOAD_PROGRAM = usualPaths('wrk').find(isExecutable) ?? 'autocannon';

/** Sends requests over a number of connections, on each the next one as soon as one is answered (a closed loop). */
export async function runLoad({ url, requests, connections, seconds, core }: Load): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  const file = join(folder, 'requests');
  await writeFile(file, requests.join('\n'));
  const command =
    LOAD_PROGRAM === 'autocannon'
      ? [process.execPath, path('../peers/autocannon.js'), file, API_KEY, `${connections}`, `${seconds}`, url]
      : [
          LOAD_PROGRAM,
          '-t1',
          `-c${connections}`,
          `-d${seconds}s`,
          '-s',
          path('load.lua'),
          url,
          '--',
          file,
          API_KEY,
        ];
  try {
    const [program = '', ...words] = [...pinnedTo(core), ...command];
    const { stdout } = await promisify(execFile)(program, words);
    return measured.parse(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? ''));
  } finally {
    await rm(folder, { recursive: true });
  }
}
