import { readFileSync } from 'node:fs';
import { sleep, systemClock } from './clock.ts';
import { ConfigError } from './config/config-error.ts';
import { parseConfig, type GatewayConfig } from './config/parse-config.ts';
import type { Environment } from './config/read-environment.ts';
import { Secret } from './secret.ts';
import { createGateway, type GatewayOptions } from './create-gateway.ts';
import { reportTo } from './events.ts';
import { announceConnection } from './log/announce-connection.ts';
import { createLogger } from './log/create-logger.ts';
import { logEvents } from './log/log-events.ts';
import { startServer } from './server/start-server.ts';
import type { OnStopSignal, StopSignal } from './stop-signals.ts';

/** A failure to start that needs no stack, only these lines. */
class StartError extends Error {}

/** Runs the gateway with these settings. A failure to start is told, and ends the process with code 1. */
export async function runGateway(environment: Environment, onStopSignal: OnStopSignal): Promise<void> {
  await start(environment, onStopSignal).catch(fail);
}

async function start(environment: Environment, onStopSignal: OnStopSignal): Promise<void> {
  const config = readConfig(environment);
  const { logger, flushSync } = await createLogger(config.log, systemClock);
  process.on('exit', flushSync);
  const { options, target, faultsUrl, closeUpstream } = await chooseUpstream(config);
  const gateway = createGateway(options, {
    clock: systemClock,
    random: Math.random,
    report: reportTo(announceConnection(logger, target), logEvents(logger, systemClock)),
  });
  const { host, port, keepAliveMs } = config;
  const server = await startServer({
    listener: gateway.handle,
    dress: gateway.dress,
    host,
    port,
    keepAliveMs,
  }).catch((error: unknown) => {
    throw new StartError(listenProblem(error, config));
  });

  async function stop(signal: StopSignal): Promise<void> {
    gateway.drain();
    server.drain();
    // Whoever sends SIGTERM may go on sending requests until it has noticed. Ctrl-C comes from a person.
    const drainMs = signal === 'SIGTERM' ? config.shutdown.drainMs : 0;
    if (drainMs > 0) {
      logger.info(`${signal}: not ready any more. Requests are still taken for ${drainMs} ms.`);
      await sleep(systemClock, drainMs);
    }
    logger.info(`${signal}: finishing the requests in flight.`);
    gateway.endStreams();
    await server.close(config.shutdown.graceMs, (requests) =>
      logger.warn({ requests }, 'SHUTDOWN_GRACE_MS is over: what was still in flight is cut off.'),
    );
    await gateway.close();
    await closeUpstream();
    logger.info('Stopped.');
  }
  onStopSignal((signal) => void stop(signal).catch(fail));

  for (const warning of config.warnings) logger.warn(warning);
  gateway.start();
  if (config.api.documents === undefined) {
    logger.info('Try: { worklist(limit: 3) { total records { id title status progress } } }');
  }
  logger.info(`Logging in to ${target}`);
  if (faultsUrl !== undefined) logger.info(`What the sandbox does wrong is switched at ${faultsUrl}`);
  if (config.account !== undefined && config.account.password === undefined) {
    logger.warn(
      'GOSPEECH_PASSWORD is not set: the token request is sent without one, as GoSpeech documents it.',
    );
  }

  const what = config.api.graphiql ? 'GraphQL and the playground' : 'GraphQL';
  logger.info(`${what}: ${server.url}/graphql${hostNote(server.url, config.access.hosts)}`);
}

/** Which `Host` a request needs where that of the address itself is refused. */
function hostNote(url: string, hosts: readonly string[] | undefined): string {
  const { host, hostname } = new URL(url);
  const isAccepted = hosts === undefined || hosts.includes(host) || hosts.includes(hostname);
  return isAccepted ? '' : ` (with the Host ${hosts.join(' or ')}, as GATEWAY_HOSTS says)`;
}

function readConfig(environment: Environment): GatewayConfig {
  return parseConfig(environment, {
    readFile: (path) => readFileSync(path),
    isTerminal: process.stdout.isTTY,
  });
}

/** GoSpeech with the service account that is set; else the sandbox, started for this process. */
async function chooseUpstream({ account, upstream, cache, access, api }: GatewayConfig): Promise<{
  readonly options: GatewayOptions;
  /** Who is logged in to: the token endpoint, which may be elsewhere than the API. */
  readonly target: string;
  /** Where the sandbox is told to fail. */
  readonly faultsUrl?: string;
  readonly closeUpstream: () => Promise<void>;
}> {
  if (account !== undefined) {
    return {
      options: { upstream, account, cache, access, api, isSandbox: false },
      target: `GoSpeech at ${upstream.tokenUrl.origin}`,
      closeUpstream: async () => {},
    };
  }
  const { startSandbox } = await import('./sandbox/start-sandbox.ts');
  const { USUAL_ARRIVAL_MS } = await import('./sandbox/settings.ts');
  const { url, credentials, close } = await startSandbox({ settings: { arrivalEveryMs: USUAL_ARRIVAL_MS } });
  return {
    options: {
      upstream: { ...upstream, tokenUrl: new URL('/connect/token', url), apiUrl: new URL('/api/', url) },
      account: {
        ...credentials,
        clientSecret: new Secret(credentials.clientSecret),
        password: new Secret(credentials.password),
      },
      cache,
      access,
      api,
      isSandbox: true,
    },
    target: `the sandbox at ${url}`,
    faultsUrl: `${url}/sandbox/faults`,
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
  if (error instanceof ConfigError) console.error(error.message);
  else if (error instanceof StartError) console.error(error.message);
  else console.error(error);
  process.exit(1);
}
