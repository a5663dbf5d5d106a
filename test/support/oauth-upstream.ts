import type { IncomingMessage, ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import { startServer } from '../../src/server/start-server.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What a token endpoint answers. */
export interface TokenResponse {
  readonly status: number;
  readonly body: Fields;
}

/** A token request as the server read it, with its answer. */
export interface TokenExchange extends TokenResponse {
  readonly form: Fields;
}

/** A request for a page of the worklist. */
export interface WorklistRequest {
  readonly accessToken: string | undefined;
  readonly status: number;
}

/** A worklist API. */
export interface WorklistApi {
  readonly apiUrl: URL;
  /** What it was asked, oldest first. */
  readonly worklistRequests: readonly WorklistRequest[];
}

/** An OAuth server, and a worklist API that takes its tokens. */
export interface OAuthUpstream extends WorklistApi {
  /** The origin of the OAuth server. Its token endpoint is `/connect/token`. */
  readonly url: string;
  readonly credentials: {
    readonly clientId: string;
    readonly clientSecret: string;
    readonly username: string;
    readonly password: string;
  };
  /** What the token endpoint was asked, oldest first. */
  readonly tokenRequests: readonly TokenExchange[];
}

/** The service account that both OAuth servers know. */
export const CREDENTIALS = {
  clientId: 'gateway',
  clientSecret: 'the-secret-of-the-gateway',
  username: 'developer@example.test',
  password: 'the-password-of-the-developer',
} as const;

/** The identifiers of all records, in their order. */
export const RECORD_IDS: readonly string[] = Array.from({ length: 20 }, (_, index) => `recording-${index}`);

const WORKLIST_PATH = '/api/records/worklist';

/**
 * Starts a worklist API on a socket of its own, closed when the test ends. It answers those whose Bearer token
 * is good at that moment, which is for `accepts` to say, and anybody else with 401 (RFC 6750, section 3.1).
 */
export async function startWorklistApi(
  accepts: (accessToken: string) => Promise<boolean>,
): Promise<WorklistApi> {
  const worklistRequests: WorklistRequest[] = [];

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    if (request.method !== 'GET' || pathname !== WORKLIST_PATH) return send(response, 404, {});

    const [, accessToken] = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '') ?? [];
    const isAccepted = accessToken !== undefined && (await accepts(accessToken));
    worklistRequests.push({ accessToken, status: isAccepted ? 200 : 401 });
    if (!isAccepted) {
      response.setHeader('www-authenticate', 'Bearer error="invalid_token"');
      return send(response, 401, {});
    }
    const offset = Number(searchParams.get('offset'));
    const ids = RECORD_IDS.slice(offset, offset + Number(searchParams.get('limit')));
    send(response, 200, { records: ids.map((id) => ({ id })), total: RECORD_IDS.length });
  }

  const server = await startServer({
    listener: (request, response) => void answer(request, response),
    host: '127.0.0.1',
    port: 0,
  });
  onTestFinished(() => server.close(0));
  return { apiUrl: new URL('/api/', server.url), worklistRequests };
}

function send(response: ServerResponse, status: number, body: Fields): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
