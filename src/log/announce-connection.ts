import type { Report } from '../events.ts';

/** Says once that the gateway is connected to `target`: when that has accepted the service account. */
export function announceConnection(
  logger: { readonly info: (message: string) => void },
  target: string,
): Report {
  let isSaid = false;
  return ({ type }) => {
    if (isSaid || type !== 'token.replaced') return;
    isSaid = true;
    logger.info(`Connected to ${target}`);
  };
}
