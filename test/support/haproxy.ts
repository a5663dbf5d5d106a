import { mkdtempSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'vitest';
import { findProgram, usualPaths } from './find-program.ts';
import { freePorts } from './free-ports.ts';
import { startProxy } from './proxy-process.ts';

export interface Haproxy {
  /** Where clients send their requests. */
  readonly url: string;
  /** Resolves once it sees the instance as up, and sends it requests, or as down. */
  sees(instance: string, status: 'UP' | 'DOWN'): Promise<void>;
}

/**
 * Starts a HAProxy in front of instances on loopback, named with their ports; ended with the test. It sends
 * them requests in turn while their `/readyz` is 200.
 */
export async function startHaproxy(instances: Readonly<Record<string, number>>): Promise<Haproxy> {
  const haproxy = findProgram(
    'haproxy',
    usualPaths('haproxy'),
    'Install it (Debian: `apt-get install haproxy`).',
  );
  const [port = 0] = await freePorts(1);
  const folder = mkdtempSync(join(tmpdir(), 'haproxy-'));
  const adminSocket = join(folder, 'admin.sock');
  const configFile = join(folder, 'haproxy.cfg');
  writeFileSync(configFile, configOf(instances, port, adminSocket));

  const { complaints } = startProxy(haproxy, ['-db', '-f', configFile], folder);

  /** What HAProxy says of an instance; without one, why it says nothing. */
  async function statusOf(instance: string): Promise<string | undefined> {
    const why = complaints();
    if (why !== undefined) return why;
    const rows = (await ask(adminSocket, 'show stat').catch(() => ''))
      .split('\n')
      .map((row) => row.split(','));
    const column = rows[0]?.indexOf('status') ?? -1;
    return rows.find(([proxy, server]) => proxy === 'gateways' && server === instance)?.[column];
  }

  async function sees(instance: string, status: string): Promise<void> {
    await expect.poll(() => statusOf(instance)).toBe(status);
  }

  for (const instance of Object.keys(instances)) await sees(instance, 'UP');
  return { url: `http://127.0.0.1:${port}`, sees };
}

/** One command to HAProxy's own socket. */
async function ask(socketPath: string, command: string): Promise<string> {
  const socket = createConnection(socketPath);
  socket.end(`${command}\n`);
  return text(socket);
}

/**
 * Nothing is tried twice, so each request that an instance refuses, drops or cuts off is seen by its client. Idle
 * connections to the instances are shared by all clients.
 */
function configOf(instances: Readonly<Record<string, number>>, port: number, adminSocket: string): string {
  const servers = Object.entries(instances).map(([name, at]) => `  server ${name} 127.0.0.1:${at}`);
  return `
global
  maxconn 200
  stats socket ${adminSocket}

defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s

frontend clients
  bind 127.0.0.1:${port}
  default_backend gateways

backend gateways
  balance roundrobin
  http-reuse always
  retries 0
  option httpchk
  http-check send meth GET uri /readyz ver HTTP/1.1 hdr Host 127.0.0.1
  http-check expect status 200
  timeout check 10s
  default-server check inter 100ms fall 2 rise 1
${servers.join('\n')}
`;
}
