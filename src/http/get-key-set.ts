import { GatewayError } from '../errors.ts';
import type { Send } from './send.ts';

/**
 * Gets a set of keys (RFC 7517, section 5) as JSON, not yet checked. Throws an `Error` that says to an operator what
 * went wrong, and nothing of what was answered.
 */
export async function getKeySet(send: Send, url: URL): Promise<unknown> {
  const headers = { accept: 'application/jwk-set+json, application/json' };
  const { status, body } = await send({ route: 'issuer', method: 'GET', url, headers }).catch(
    (error: unknown) => {
      throw new Error(`${url.origin} gave no keys: ${reasonOf(error)}.`);
    },
  );
  if (status !== 200) throw new Error(`${url.origin} gave no keys: it answered with HTTP ${status}.`);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    // The parser's own message quotes the body.
    throw new Error(`${url.origin} gave no keys: its answer is not JSON.`);
  }
}

/** `send` speaks of GoSpeech in what it tells clients; what the network said of it is kept as the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof GatewayError)) return 'the request failed';
  if (error.code === 'UPSTREAM_TIMEOUT') return 'it did not answer in time';
  if (error.hint !== undefined) return error.hint;
  if (error.cause instanceof Error) return error.cause.message;
  return 'its answer is too large';
}
