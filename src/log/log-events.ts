import type { Clock } from '../clock.ts';
import { GatewayError, type GatewayErrorCode } from '../errors.ts';
import type { GatewayEvent, Report } from '../events.ts';
import { describeError, type ErrorFields } from './describe-error.ts';
import { withIncidents, type Fields, type LineWriter } from './with-incidents.ts';
import { withOutages } from './with-outages.ts';

/** Turns events into log lines; those that repeat into incidents, those that change a state into outages. */
export function logEvents(lines: LineWriter, clock: Clock): Report {
  const logger = withIncidents(lines, clock);
  const outages = withOutages(lines, clock);

  return (event) => {
    switch (event.type) {
      case 'token.replaced':
        return logger.info(fieldsOf(event), 'The service token was replaced.');
      case 'token.failed':
        return logger.error(fieldsOf(event), 'The service token could not be replaced.', reasonIn(event));
      case 'token.refused':
        return logger.error(
          fieldsOf(event),
          'GoSpeech refused a service token that it had just issued: check GOSPEECH_SCOPE and GOSPEECH_API_URL.',
        );
      case 'token.accepted':
        return logger.info(fieldsOf(event), 'GoSpeech accepts its service token after all.');
      case 'upstream.responded':
        return logger.debug(fieldsOf(event), 'GoSpeech answered.');
      case 'upstream.failed':
        return logger.debug(fieldsOf(event), 'GoSpeech did not answer.');
      case 'upstream.queued':
        return logger.debug(fieldsOf(event), 'A request to GoSpeech waits for its turn.');
      case 'upstream.paused':
        return logger.warn(fieldsOf(event), 'GoSpeech asks for a pause, so it is not asked for a moment.');
      case 'breaker.opened':
        return outages.fails(fieldsOf(event), 'GoSpeech keeps failing, so it is not asked for a moment.');
      case 'breaker.closed':
        return outages.works(fieldsOf(event), 'GoSpeech answers again.');
      case 'revalidation.failed':
        return logger.warn(
          fieldsOf(event),
          'A page could not be fetched again, so it is served stale.',
          reasonIn(event),
        );
      case 'upstream.unexpected_type':
        return logger.warn(
          fieldsOf(event),
          'GoSpeech sends another type than expected, so the field is null. GOSPEECH_SHAPE_FILE can say where the right one stands.',
          `${event.place} ${event.found}`,
        );
      case 'worklist.understood':
        return Object.keys(event.missing).length === 0
          ? logger.info(fieldsOf(event), 'The worklist is understood.')
          : logger.warn(
              fieldsOf(event),
              'The worklist is understood but for some fields, which are null. `npm run doctor` says more, and GOSPEECH_SHAPE_FILE where they stand.',
            );
      case 'upstream.page_capped':
        return logger.info(fieldsOf(event), 'GoSpeech gives fewer records at once than asked for.');
      case 'worklist.moved':
        return logger.info(fieldsOf(event), 'The worklist changed while it was read, so it is read again.');
      case 'request.refused':
        // Strangers cause these at will: only what the operator can mend is worth a line that is always there.
        return logger[LEVEL_OF_STATUS[event.status] ?? 'debug'](
          fieldsOf(event),
          'A request was refused.',
          `${event.status} ${reasonIn(event)}`,
        );
      case 'issuer.failed':
        return logger.warn(
          fieldsOf(event),
          "The keys of the callers' issuer could not be fetched.",
          reasonIn(event),
        );
      case 'token.revealed':
        // A trace of each, whoever asks and however often.
        return lines.warn(fieldsOf(event), 'A caller was given the access token.');
      case 'operation.refused':
        return logger[isOperatorsChoice(event.code) ? 'info' : 'debug'](
          fieldsOf(event),
          'An operation was refused before it ran.',
          event.code,
        );
      case 'operation.failed':
        return isCallersMistake(event.error)
          ? logger.debug(fieldsOf(event), 'A request was refused.')
          : logger.warn(fieldsOf(event), 'A field could not be answered.', reasonIn(event));
      case 'operation.crashed':
        // Each one: a client holds its id.
        return lines.error(fieldsOf(event), 'The gateway failed: this is a bug.');
    }
  };
}

const LEVEL_OF_STATUS: Readonly<Record<number, 'info' | 'warn'>> = {
  401: 'info',
  403: 'info',
  421: 'info',
  503: 'warn',
};

const CALLERS_MISTAKES: readonly GatewayErrorCode[] = [
  'BAD_USER_INPUT',
  'CURSOR_LOST',
  'FORBIDDEN',
  'NOT_CACHED',
];

function isCallersMistake(error: unknown): boolean {
  return error instanceof GatewayError && CALLERS_MISTAKES.includes(error.code);
}

/** What the operator set limits to, as against what is wrong with the document itself. */
const OPERATORS_CHOICES = ['QUERY_TOO_COMPLEX', 'FORBIDDEN', 'REQUEST_ENTITY_TOO_LARGE'];

function isOperatorsChoice(code: string): boolean {
  return OPERATORS_CHOICES.includes(code);
}

/** Tells failures of one type of event apart; of few words, so that they are few. */
function reasonIn({ error }: { readonly error: unknown }): string {
  if (!(error instanceof GatewayError)) return error instanceof Error ? error.name : typeof error;
  return error.code === 'UNAUTHENTICATED' ? `${error.code} ${error.hint ?? error.message}` : error.code;
}

function fieldsOf({ type, ...fields }: GatewayEvent): Fields {
  const described: { readonly error?: ErrorFields } =
    'error' in fields ? { error: describeError(fields.error) } : {};
  return { event: type, ...inWholeMs(fields), ...described };
}

function inWholeMs(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'number' && name.endsWith('Ms') ? Math.round(value) : value,
    ]),
  );
}
