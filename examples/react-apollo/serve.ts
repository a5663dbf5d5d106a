/** `npm run example`: the gateway with a sandbox of its own, on any free port, and the built page in front of it. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { preview } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));
const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

// Neither the settings of a real account nor those of this shell's own gateway count here.
const gateway = spawn(process.execPath, [main], {
  cwd: root,
  env: {
    PATH: process.env['PATH'],
    PORT: '0',
    LOG_FORMAT: process.stdout.isTTY ? 'pretty' : 'json',
  },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const gatewayUrl = new Promise<string>((resolve) => {
  let output = '';
  gateway.stdout.setEncoding('utf8').on('data', (text: string) => {
    process.stdout.write(text);
    output = `${output}${text}`.slice(-10_000);
    const url = /playground: (http:[^\s"]+)\/graphql/.exec(output)?.[1];
    if (url !== undefined) resolve(url);
  });
});
gateway.once('exit', (code) => process.exit(code ?? 0));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => gateway.kill(signal));

// What vite.config.ts passes requests on to.
process.env['GATEWAY_URL'] = await gatewayUrl;
const page = await preview({ root });
process.stdout.write(`\nThe worklist: ${page.resolvedUrls?.local[0] ?? ''}\n`);
