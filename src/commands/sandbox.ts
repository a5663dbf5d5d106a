import { HELP, parseFlags } from '../sandbox/parse-flags.ts';
import { DEFAULT_SETTINGS } from '../sandbox/settings.ts';
import { SHAPES, type Shape, type ShapeName } from '../sandbox/shapes.ts';
import { startSandbox, type SandboxOptions } from '../sandbox/start-sandbox.ts';
import { endWithReader } from './end-with-reader.ts';

endWithReader(process.stdout, (code) => process.exit(code));

try {
  const options = parseFlags(process.argv.slice(2));
  if (options === 'help') console.log(HELP);
  else await run(options);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function run(options: SandboxOptions): Promise<void> {
  const { url, credentials, close } = await startSandbox(options).catch((error: unknown) => {
    throw new Error(listenProblem(error, options.port));
  });
  // Nothing else keeps the process alive, so it then ends by itself, with exit code 0.
  const stop = () => void close();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);

  console.log(`The GoSpeech sandbox listens on ${url}

Its recordings are invented. A new one arrives now and then. Faults are switched at ${url}/sandbox/faults.

${shapeHint(options.settings?.shape)}These lines in the gateway's .env connect the gateway to it, and let pages of this machine call the gateway:
GOSPEECH_BASE_URL=${url}
GOSPEECH_CLIENT_ID=${credentials.clientId}
GOSPEECH_CLIENT_SECRET=${credentials.clientSecret}
GOSPEECH_USERNAME=${credentials.username}
GOSPEECH_PASSWORD=${credentials.password}
GATEWAY_CORS_ORIGINS=loopback`);
}

/** How the gateway is told of a body that it would not read right by itself. */
function shapeHint(name: ShapeName = DEFAULT_SETTINGS.shape): string {
  const { shapeFile }: Shape = SHAPES[name];
  if (shapeFile === undefined) return '';
  return `In a file that GOSPEECH_SHAPE_FILE names, this tells the gateway how its pages are written:
${JSON.stringify(shapeFile)}

`;
}

function listenProblem(error: unknown, port = 0): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'an unknown error';
  return code === 'EADDRINUSE'
    ? `Port ${port} is taken: give a free one with --port, or 0 for any.`
    : `The sandbox cannot listen on port ${port} (${code}): give another one with --port.`;
}
