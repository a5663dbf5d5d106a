import type { Logger } from 'pino';
import { GatewayError, type GatewayErrorCode } from '../errors.ts';
import type { GatewayEvent, Report } from '../events.ts';
import { describeError } from './describe-error.ts';

/** Turns events into log lines. A failure that many requests share is logged once. */
export function logEvents(logger: Logger): Report {
  const logged = new WeakSet<Error>();

  return (event) => {
    switch (event.type) {
      case 'token.replaced':
        return logger.info(fieldsOf(event), 'The service token was replaced.');
      case 'token.failed':
        return logger.error(fieldsOf(event), 'The service token could not be replaced.');
      case 'token.refused':
        return logger.error(
          fieldsOf(event),
          'GoSpeech refused a service token that it had just issued: check GOSPEECH_SCOPE and GOSPEECH_API_URL.',
        );
      case 'upstream.answered':
        return logger.debug(fieldsOf(event), 'GoSpeech answered.');
      case 'upstream.failed':
        return logger.debug(fieldsOf(event), 'GoSpeech did not answer.');
      case 'upstream.queued':
        return logger.debug(fieldsOf(event), 'A request to GoSpeech waits for its turn.');
      case 'upstream.paused':
        return logger.warn(fieldsOf(event), 'GoSpeech asks for a pause, so it is not asked for a moment.');
      case 'breaker.opened':
        return logger.error(fieldsOf(event), 'GoSpeech keeps failing, so it is not asked for a moment.');
      case 'breaker.closed':
        return logger.info(fieldsOf(event), 'GoSpeech answers again.');
      case 'revalidation.failed':
        return logger.warn(fieldsOf(event), 'A page could not be fetched again, so it is served stale.');
      case 'upstream.unexpected_type':
        return logger.warn(
          fieldsOf(event),
          'GoSpeech sends another type than expected, so the field is null. GOSPEECH_SHAPE_FILE can say where the right one stands.',
        );
      case 'upstream.limit_capped':
        return logger.info(fieldsOf(event), 'GoSpeech gives fewer records at once than asked for.');
      case 'worklist.moved':
        return logger.info(fieldsOf(event), 'The worklist changed while it was read, so it is read again.');
      case 'request.refused':
        // Strangers cause these at will: only what the operator can mend is worth a line that is always there.
        return logger[event.status === 503 ? 'warn' : 'debug'](fieldsOf(event), 'A request was refused.');
      case 'issuer.failed':
        return logger.warn(fieldsOf(event), "The keys of the callers' issuer could not be fetched.");
      case 'token.revealed':
        return logger.warn(fieldsOf(event), 'A caller was given the access token.');
      case 'operation.failed':
        if (event.error instanceof Error) {
          if (logged.has(event.error)) return;
          logged.add(event.error);
        }
        return isCallersMistake(event.error)
          ? logger.debug(fieldsOf(event), 'A request was refused.')
          : logger.warn(fieldsOf(event), 'A field could not be answered.');
      case 'operation.crashed':
        return logger.error(fieldsOf(event), 'The gateway failed: this is a bug.');
    }
  };
}

const CALLERS_MISTAKES: readonly GatewayErrorCode[] = [
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'FORBIDDEN',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'QUERY_TOO_COMPLEX',
];

function isCallersMistake(error: unknown): boolean {
  return error instanceof GatewayError && CALLERS_MISTAKES.includes(error.code);
}

function fieldsOf({ type, ...fields }: GatewayEvent): Readonly<Record<string, unknown>> {
  return { event: type, ...fields, ...('error' in fields && { error: describeError(fields.error) }) };
}
