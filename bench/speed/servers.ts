import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { residentMb } from '../support/resident-mb.ts';

/** A server that is measured, and how it is started. */
export interface Server {
  readonly name: string;
  readonly title: string;
  /** What Node runs, and how. */
  readonly file: string;
  readonly nodeFlags?: readonly string[];
  readonly settings: (upstreamUrl: string) => Readonly<Record<string, string>>;
}

/** A process that answers on loopback. */
export interface Running {
  readonly url: string;
  /** Resident memory now, in MB. */
  rssMb(): Promise<number>;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

const peerFile = (name: string) => fileURLToPath(new URL(`../peers/${name}.js`, import.meta.url));
const GATEWAY = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** The key of the bench at the gateway. */
export const API_KEY = 'a-key-of-the-bench-on-loopback';

/** Far from what the bench asks for: the limit counts, but refuses nobody. */
const RATE = '1000000';

/** As an operator would set it up: keys, names of hosts, origins and rates are checked. */
function gatewaySettings(upstreamUrl: string) {
  return {
    GOSPEECH_BASE_URL: upstreamUrl,
    GOSPEECH_CLIENT_ID: 'bench',
    GOSPEECH_CLIENT_SECRET: 'bench',
    GOSPEECH_USERNAME: 'bench',
    GOSPEECH_PASSWORD: 'bench',
    GATEWAY_AUTH: 'api-key',
    GATEWAY_API_KEYS: `bench ${createHash('sha256').update(API_KEY).digest('hex')} worklist:read`,
    GATEWAY_HOSTS: '127.0.0.1',
    GATEWAY_RATE_PER_S: RATE,
    GATEWAY_RATE_BURST: RATE,
    CACHE_TTL_MS: '60000',
    LOG_LEVEL: 'warn',
  };
}

const peer = (name: string, title: string): Server => ({
  name,
  title,
  file: peerFile(name),
  settings: (upstreamUrl) => ({ UPSTREAM_URL: upstreamUrl }),
});

const gateway = {
  name: 'gateway',
  title: '**this gateway**',
  file: GATEWAY,
  // As `npm start` does.
  nodeFlags: ['--max-semi-space-size=16'],
  settings: (upstreamUrl: string) => ({ ...gatewaySettings(upstreamUrl), GOSPEECH_MAX_CONNECTIONS: '128' }),
};

export const SERVERS: readonly Server[] = [
  peer('bare', 'bare node:http, constant bytes'),
  gateway,
  {
    ...gateway,
    name: 'gateway-16',
    title: '**this gateway**, its default connections',
    settings: gatewaySettings,
  },
  peer('jit', 'graphql-jit on bare node:http'),
  peer('mercurius', 'Mercurius + JIT + cache'),
  peer('yoga', 'yoga + lru-cache'),
  peer('apollo', 'Apollo Server + datasource-rest'),
  peer('hive', 'Hive Gateway'),
];

/** The REST API that all of them stand in front of. */
export const UPSTREAM: Server = {
  name: 'upstream',
  title: 'the upstream itself',
  file: peerFile('upstream'),
  settings: () => ({}),
};

const START_MS = 30_000;
const LOOK_EVERY_MS = 25;

/** Starts a server on `port` and, where that can be said, on the processor `core`. Resolves once it listens. */
export async function start(
  { file, nodeFlags = [], name, settings }: Server,
  options: {
    readonly port: number;
    readonly core: number | undefined;
    readonly upstreamUrl: string;
    readonly more?: Readonly<Record<string, string>>;
  },
): Promise<Running> {
  const { port, core, upstreamUrl, more } = options;
  const command = [...pinnedTo(core), process.execPath, ...nodeFlags, file];
  const child = spawn(command[0] ?? '', command.slice(1), {
    cwd: fileURLToPath(new URL('../peers/', import.meta.url)),
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      PORT: String(port),
      ...settings(upstreamUrl),
      ...more,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  const url = `http://127.0.0.1:${port}`;
  const untilMs = Date.now() + START_MS;
  while (!(await listens(port))) {
    if (child.exitCode !== null || Date.now() > untilMs) throw new Error(`${name} does not start.`);
    await sleep(LOOK_EVERY_MS);
  }
  return {
    url,
    rssMb: () => residentMb(child.pid),
    async stop(signal = 'SIGKILL') {
      process.off('exit', kill);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const over = once(child, 'close');
      child.kill(signal);
      await over;
    },
  };
}

/** The words before a command that keep it on one processor. */
export function pinnedTo(core: number | undefined): readonly string[] {
  return core === undefined ? [] : ['taskset', '-c', String(core)];
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
