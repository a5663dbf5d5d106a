import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { SANDBOX_CREDENTIALS } from './credentials.ts';
import { controlFaults, FAULTS_PATH } from './fault-control.ts';
import { createFaultPicker, faultReply } from './faults.ts';
import { createRateLimit } from './rate-limit.ts';
import { readRequest } from './read-request.ts';
import { jsonReply, sendReply, type Reply } from './reply.ts';
import { createRequestLog, type SandboxRequest } from './request-log.ts';
import { DEFAULT_SETTINGS, type Fault, type SandboxSettings } from './settings.ts';
import { tokenReply } from './token-endpoint.ts';
import { createTokens } from './tokens.ts';
import { worklistReply } from './worklist-endpoint.ts';

const TOKEN_PATH = '/connect/token';
const WORKLIST_PATH = '/api/records/worklist';

export interface SandboxOptions {
  /** Where it listens on the loopback address. A free port is found for 0, or where none is given. */
  readonly port?: number;
  /** The wall clock in milliseconds, by which tokens expire and records move on. Default: `Date.now`. */
  readonly now?: () => number;
  /** Where it differs from `DEFAULT_SETTINGS`. */
  readonly settings?: Partial<SandboxSettings>;
}

/** A running stand-in for GoSpeech. */
export interface Sandbox {
  /** Its origin, such as `http://127.0.0.1:4010`. */
  readonly url: string;
  readonly credentials: {
    readonly clientId: string;
    readonly clientSecret: string;
    readonly username: string;
    readonly password: string;
  };
  /** The requests so far, oldest first: the newest 10,000 of them. */
  readonly requests: () => readonly SandboxRequest[];
  /** Those of `requests` that asked for a token. */
  readonly tokenRequests: () => readonly SandboxRequest[];
  /** Those of `requests` that asked for a page of the worklist. */
  readonly worklistRequests: () => readonly SandboxRequest[];
  readonly forgetRequests: () => void;
  /** Changes these settings from now on. Faults given here start counting anew. */
  readonly configure: (settings: Partial<SandboxSettings>) => void;
  /** Every access token issued so far is answered with 401 from now on. */
  readonly revokeAccessTokens: () => void;
  /** Every refresh token issued so far is answered with `invalid_grant` from now on. */
  readonly revokeRefreshTokens: () => void;
  /** Resolves when it no longer listens. Open connections are ended, answered or not. */
  readonly close: () => Promise<void>;
}

interface Route {
  readonly path: string;
  readonly method: string;
  readonly faultsOn: Fault['on'];
  readonly replyTo: (request: SandboxRequest) => Reply;
}

/** Starts a GoSpeech of its own. Rejects with Node's error, such as `EADDRINUSE`, when it cannot listen. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { port = 0, now = Date.now } = options;
  const startedAtMs = now();
  const log = createRequestLog();
  const tokens = createTokens(now);
  const tooManyRequests = createRateLimit(now);
  let settings: SandboxSettings = { ...DEFAULT_SETTINGS, ...options.settings };
  let pickFault = createFaultPicker(settings.faults);

  const routes: readonly Route[] = [
    {
      path: TOKEN_PATH,
      method: 'POST',
      faultsOn: 'token',
      replyTo: ({ form }) => tokenReply(form, tokens, settings),
    },
    {
      path: WORKLIST_PATH,
      method: 'GET',
      faultsOn: 'worklist',
      replyTo: (request) =>
        tooManyRequests(settings.maxRequestsPerMinute) ??
        worklistReply(request, { tokens, settings, startedAtMs, nowMs: now() }),
    },
  ];

  function configure(changes: Partial<SandboxSettings>): void {
    settings = { ...settings, ...changes };
    if (changes.faults !== undefined) pickFault = createFaultPicker(changes.faults);
  }

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const ending = { isEarly: false };
    const noteClose = () => {
      // Once it no longer listens, it is the sandbox that ends connections.
      ending.isEarly = server.listening && !response.writableFinished;
    };
    response.once('close', noteClose);

    const receivedAtMs = now();
    const request = { ...(await readRequest(incoming)), receivedAtMs, closedByClient: readerOf(ending) };
    log.add(request);

    const route = routes.find(({ path }) => path === request.path);
    const fault = route && pickFault(route.faultsOn);
    await fault?.until;
    const delayMs = settings.latencyMs + (fault?.delayMs ?? 0);
    if (delayMs > 0) await pause(delayMs, undefined, { ref: false });

    const reply = (fault && faultReply(fault)) ?? replyTo(route, request);
    if (fault?.hang) return;
    if (fault?.reset) {
      response.off('close', noteClose);
      incoming.socket.resetAndDestroy();
      return;
    }
    sendReply(response, { ...reply, headers: { ...reply.headers, ...fault?.headers } });
  }

  async function control(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    sendReply(
      response,
      await controlFaults(incoming, {
        faults: () => settings.faults,
        setFaults: (faults) => configure({ faults }),
      }),
    );
  }

  const server = createServer((incoming, response) => {
    const handle = incoming.url === FAULTS_PATH ? control : serve;
    // Settings that make no sense together, such as more records than there are dates, end one response only.
    handle(incoming, response).catch(() => response.destroy());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The sandbox has no port.');

  const requestsTo = (method: string, path: string) =>
    log.all().filter((request) => request.method === method && request.path === path);

  return {
    url: `http://127.0.0.1:${address.port}`,
    credentials: SANDBOX_CREDENTIALS,
    requests: log.all,
    tokenRequests: () => requestsTo('POST', TOKEN_PATH),
    worklistRequests: () => requestsTo('GET', WORKLIST_PATH),
    forgetRequests: log.forget,
    configure,
    revokeAccessTokens: tokens.revokeAccessTokens,
    revokeRefreshTokens: tokens.revokeRefreshTokens,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Made where nothing else is in reach: a request that is remembered must not keep its response and socket. */
function readerOf(ending: { readonly isEarly: boolean }): () => boolean {
  return () => ending.isEarly;
}

function replyTo(route: Route | undefined, request: SandboxRequest): Reply {
  if (route === undefined) return jsonReply(404, { error: 'not_found' });
  if (route.method !== request.method) {
    return jsonReply(405, { error: 'method_not_allowed' }, { Allow: route.method });
  }
  return route.replyTo(request);
}
