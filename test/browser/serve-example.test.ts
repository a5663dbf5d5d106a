import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { openPage, titlesOf } from './open-example.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

test('npm run example, once all is built, serves the page with a gateway and its sandbox, and ends with both', async () => {
  const example = spawn(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), 'examples/react-apollo/serve.ts'],
    {
      cwd: ROOT,
      // A gateway that is set up for an account, and stands here, is not asked.
      env: { ...process.env, PORT: '1', GOSPEECH_CLIENT_ID: 'set-for-another-gateway' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  onTestFinished(() => void example.kill('SIGKILL'));
  let output = '';
  for (const stream of [example.stdout, example.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const addressOf = (what: RegExp) => what.exec(output)?.[1] ?? '';
  await expect.poll(() => addressOf(/^The worklist: (\S+)$/m)).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  const page = await openPage(addressOf(/^The worklist: (\S+)$/m));
  await expect.poll(() => titlesOf(page)).toHaveLength(20);
  await expect.poll(() => page.locator('.connection').innerText()).toBe('Live');

  const gatewayUrl = addressOf(/playground: (http:[^\s"]+)/);
  expect((await fetch(gatewayUrl)).status).toBeLessThan(500);
  example.kill('SIGINT');
  expect(await once(example, 'exit')).toEqual([0, null]);
  await expect(fetch(gatewayUrl)).rejects.toThrow('fetch failed');
});
