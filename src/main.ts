import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { systemClock } from './clock.ts';
import { ConfigError } from './config/config-error.ts';
import { parseConfig, type GatewayConfig } from './config/parse-config.ts';
import { Secret } from './secret.ts';
import { createGateway, type GatewayOptions } from './server/create-gateway.ts';
import { createLogger } from './server/create-logger.ts';
import { logEvents } from './server/log-events.ts';
import { startServer } from './server/start-server.ts';

/** How long requests in flight may go on after a signal to stop. */
const SHUTDOWN_GRACE_MS = 10_000;

/** A failure to start that needs no stack, only these lines. */
class StartError extends Error {}

async function main(): Promise<void> {
  const config = readConfig();
  const logger = await createLogger(config.log);
  const { options, target, closeUpstream } = await chooseUpstream(config);
  const gateway = createGateway(options, {
    clock: systemClock,
    random: Math.random,
    report: logEvents(logger),
  });
  const server = await startServer({ listener: gateway.handle, host: config.host, port: config.port }).catch(
    (error: unknown) => {
      throw new StartError(listenProblem(error, config));
    },
  );
  gateway.start();

  logger.info('Try: { worklist(limit: 3) { total records { id title status progress } } }');
  logger.info(`Connected to ${target}`);
  if (config.account !== undefined && config.account.password === undefined) {
    logger.warn(
      'GOSPEECH_PASSWORD is not set: the token request is sent without one, as GoSpeech documents it.',
    );
  }

  logger.info(`GraphQL and the playground: ${server.url}/graphql`);

  let stopping = false;
  const stop = async (signal: string) => {
    // A second signal, as a terminal and npm may both send, changes nothing.
    if (stopping) return;
    stopping = true;
    logger.info(`${signal}: finishing the requests in flight.`);
    gateway.drain();
    await server.close(SHUTDOWN_GRACE_MS);
    await gateway.close();
    await closeUpstream();
    logger.info('Stopped.');
  };
  for (const signal of ['SIGTERM', 'SIGINT']) {
    process.on(signal, () => void stop(signal).catch(fail));
  }
}

function readConfig(): GatewayConfig {
  const readFile = (path: string) => readFileSync(path, 'utf8');
  return parseConfig(
    { ...readDotEnv(readFile), ...process.env },
    { readFile, isTerminal: process.stdout.isTTY },
  );
}

/** The settings in `.env`, if there is one here; the environment's own win over them. */
function readDotEnv(readFile: (path: string) => string): NodeJS.Dict<string> {
  try {
    return parseEnv(readFile('.env'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw new StartError('.env is there but cannot be read.');
  }
}

/** GoSpeech with the service account that is set; else the sandbox, started for this process. */
async function chooseUpstream({ account, upstream, cache }: GatewayConfig): Promise<{
  readonly options: GatewayOptions;
  readonly target: string;
  readonly closeUpstream: () => Promise<void>;
}> {
  if (account !== undefined) {
    return {
      options: { upstream, account, cache, isSandbox: false },
      target: `GoSpeech at ${upstream.apiUrl.origin}`,
      closeUpstream: async () => {},
    };
  }
  const { startSandbox } = await import('./sandbox/start-sandbox.ts');
  const { url, credentials, close } = await startSandbox();
  return {
    options: {
      upstream: { ...upstream, tokenUrl: new URL('/connect/token', url), apiUrl: new URL('/api/', url) },
      account: {
        ...credentials,
        clientSecret: new Secret(credentials.clientSecret),
        password: new Secret(credentials.password),
      },
      cache,
      isSandbox: true,
    },
    target: `the sandbox at ${url}, since no GOSPEECH_ credentials are set`,
    closeUpstream: close,
  };
}

function listenProblem(error: unknown, { host, port }: GatewayConfig): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'an unknown error';
  return code === 'EADDRINUSE'
    ? `Port ${port} on ${host} is taken: set PORT to a free one, or stop what listens there.`
    : `The gateway cannot listen on ${host}, port ${port} (${code}): check HOST and PORT.`;
}

function fail(error: unknown): never {
  if (error instanceof ConfigError) console.error(`These settings are wrong:\n${error.message}`);
  else if (error instanceof StartError) console.error(error.message);
  else console.error(error);
  process.exit(1);
}

main().catch(fail);
