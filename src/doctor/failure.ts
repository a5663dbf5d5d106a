import { GatewayError } from '../errors.ts';
import type { Finding } from './finding.ts';

/** What a failure says to operators: its message, its hint, and what the network said. */
export function failure(step: string, error: unknown): Finding {
  if (!(error instanceof GatewayError)) {
    return { verdict: 'failed', step, text: 'a bug of the gateway', details: [String(error)] };
  }
  const { message, code, hint } = error;
  const causes = causesOf(error).filter((said) => said !== message);
  return {
    verdict: 'failed',
    step,
    text: `${message} (${code})`,
    details: [...(hint === undefined ? [] : [hint]), ...causes.map((said) => `It says: ${said}`)],
  };
}

const MAX_CAUSES = 4;

function causesOf(error: Error): readonly string[] {
  const said: string[] = [];
  let { cause } = error;
  while (cause instanceof Error && said.length < MAX_CAUSES) {
    const code = 'code' in cause && typeof cause.code === 'string' ? `${cause.code}: ` : '';
    if (!(cause instanceof GatewayError)) said.push(`${code}${cause.message}`);
    ({ cause } = cause);
  }
  return said;
}
