import { onTestFinished } from 'vitest';
import { startSandbox, type SandboxOptions } from '../../src/sandbox/start-sandbox.ts';

export const ALL_SCOPES = 'openid offline_access email profile integrated-api';

export interface SandboxResponse {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Starts a sandbox that is closed when the test ends, and what most tests ask of it. */
export async function setUp(options: SandboxOptions = {}) {
  const sandbox = await startSandbox(options);
  onTestFinished(sandbox.close);

  const { clientId, clientSecret, username, password } = sandbox.credentials;
  const client = { client_id: clientId, client_secret: clientSecret };
  const passwordForm = { ...client, grant_type: 'password', username, password, scope: ALL_SCOPES };

  async function postToken(form: Record<string, string>): Promise<SandboxResponse> {
    return toSandboxResponse(
      await fetch(`${sandbox.url}/connect/token`, { method: 'POST', body: new URLSearchParams(form) }),
    );
  }

  /** The string `key` of a new answer to the password grant. */
  async function signIn(key: 'access_token' | 'refresh_token'): Promise<string> {
    return String(Object(await postToken(passwordForm)).body[key]);
  }

  async function getWorklist(search = '', token?: string): Promise<SandboxResponse> {
    const authorization = `Bearer ${token ?? (await signIn('access_token'))}`;
    return toSandboxResponse(
      await fetch(`${sandbox.url}/api/records/worklist${search}`, { headers: { authorization } }),
    );
  }

  return {
    sandbox,
    passwordForm,
    postToken,
    signIn,
    getWorklist,
    refresh: (refreshToken: string) =>
      postToken({ ...client, grant_type: 'refresh_token', refresh_token: refreshToken }),
  };
}

/** Gives `form` without the field `name`. */
export function without(form: Record<string, string>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(form).filter(([key]) => key !== name));
}

async function toSandboxResponse(response: Response): Promise<SandboxResponse> {
  const text = await response.text();
  const headers = Object.fromEntries(response.headers);
  const isJson = headers['content-type']?.startsWith('application/json');
  return { status: response.status, headers, body: isJson ? JSON.parse(text) : text };
}
