import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished } from 'vitest';
import { findProgram, usualPaths } from './find-program.ts';
import { freePorts } from './free-ports.ts';
import { startProxy } from './proxy-process.ts';

/** What is asked of it. */
type NginxRequest = Omit<RequestOptions, 'headers'> & { readonly headers?: Readonly<Record<string, string>> };

/** Where clients find the gateway behind it, under the folder `/speech/`. */
export interface Nginx {
  readonly url: string;
  /** Sends a request on a connection of its own; gives the status of the answer. */
  ask(request: NginxRequest, body?: string): Promise<number>;
  /** The same, without waiting for the end of the answer; ended with the test. */
  open(
    request: NginxRequest,
    body?: string,
  ): Promise<{ readonly text: () => string; readonly isEnded: () => boolean }>;
}

/**
 * Starts an nginx with TLS in front of the gateway at `gatewayUrl`; ended with the test. `lines` say what it tells the
 * gateway of its clients.
 */
export async function startNginx(gatewayUrl: string, lines: readonly string[]): Promise<Nginx> {
  const nginx = findProgram(
    'nginx',
    usualPaths('nginx'),
    'Install it (Debian: `apt-get install nginx openssl`).',
  );
  const [port = 0] = await freePorts(1);
  const folder = mkdtempSync(join(tmpdir(), 'nginx-'));
  makeCertificate(folder);
  const configFile = join(folder, 'nginx.conf');
  writeFileSync(configFile, configOf({ gatewayUrl, lines, port, folder }));

  const { complaints } = startProxy(
    nginx,
    ['-c', configFile, '-p', folder, '-e', join(folder, 'error.log')],
    folder,
  );

  const url = `https://localhost:${port}`;
  async function send({ headers, ...request }: NginxRequest, body?: string) {
    const own = { hostname: '127.0.0.1', port, rejectUnauthorized: false, agent: false };
    const outgoing = httpsRequest({
      ...own,
      headers: { host: new URL(url).host, ...headers },
      ...request,
    }).end(body);
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
    return incoming;
  }

  async function ask(request: NginxRequest, body?: string): Promise<number> {
    const incoming = await send(request, body);
    await text(incoming);
    return incoming.statusCode ?? NaN;
  }

  async function open(request: NginxRequest, body?: string) {
    const incoming = await send(request, body);
    onTestFinished(() => void incoming.destroy());
    let received = '';
    incoming.setEncoding('utf8').on('data', (piece: string) => (received += piece));
    incoming.on('error', () => {});
    return { text: () => received, isEnded: () => incoming.closed };
  }
  const answers = () => complaints() ?? ask({ path: '/speech/livez' }).catch(String);
  await expect.poll(answers).toBe(200);
  return { url, ask, open };
}

/** A key and a certificate of its own for `localhost`. */
function makeCertificate(folder: string): void {
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'certificate.pem')];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const args = ['req', '-x509', ...curve, '-subj', '/CN=localhost', '-days', '2', ...files];
  execFileSync('openssl', args, { stdio: 'ignore' });
}

function configOf(options: {
  readonly gatewayUrl: string;
  readonly lines: readonly string[];
  readonly port: number;
  readonly folder: string;
}): string {
  const { gatewayUrl, lines, port, folder } = options;
  const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(folder, name)};`,
  );
  return `
daemon off;
master_process off;
pid ${join(folder, 'nginx.pid')};
events {}
http {
  access_log off;
  ${folders.join('\n  ')}
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${join(folder, 'certificate.pem')};
    ssl_certificate_key ${join(folder, 'key.pem')};
    location /speech/ {
      proxy_pass ${gatewayUrl}/;
      proxy_http_version 1.1;
      ${lines.join('\n      ')}
    }
  }
}
`;
}
