import { CombinedGraphQLErrors, type ErrorLike } from '@apollo/client';

/**
 * What is to be done about an error: `wait` and ask again by itself, let the user `retry`, have the user `sign in`, have
 * the user ask the `operator`, or `reload` the page, which asked for what this gateway does not know.
 */
export type Action = 'wait' | 'retry' | 'sign in' | 'operator' | 'reload';

/** An error in words for users. */
export interface ErrorAdvice {
  readonly title: string;
  readonly text: string;
  readonly action: Action;
  /** What the gateway said, and the code or number under which an operator finds it. */
  readonly details: string;
  /** How long the gateway asks to wait, where it says so. */
  readonly retryAfterMs: number | undefined;
}

type Words = readonly [action: Action, title: string, text: string];

const OUTDATED: Words = [
  'reload',
  'This page is out of date',
  'Load it anew. If that does not help, tell who made it.',
];

const BY_ITSELF = 'It goes on by itself as soon as it can.';
const TELL_OPERATOR = 'Please tell the operator of this service.';

/** By `extensions.code`: all codes that the gateway has. */
export const WORDS_BY_CODE: Readonly<Record<string, Words>> = {
  UPSTREAM_UNAVAILABLE: ['wait', 'GoSpeech cannot be reached', BY_ITSELF],
  UPSTREAM_TIMEOUT: ['wait', 'GoSpeech takes very long to answer', BY_ITSELF],
  UPSTREAM_RATE_LIMITED: ['wait', 'GoSpeech asks for a pause', BY_ITSELF],
  UPSTREAM_AUTH_FAILED: [
    'operator',
    'GoSpeech refuses the account of this service',
    'Only the operator of the service can mend that: please tell them.',
  ],
  UPSTREAM_BAD_RESPONSE: ['operator', 'GoSpeech answers in a way that is not understood', TELL_OPERATOR],
  UPSTREAM_REJECTED: ['operator', 'GoSpeech refuses this request', TELL_OPERATOR],
  RATE_LIMITED: ['wait', 'That was too much at once', 'The service asks for a moment of patience.'],
  OVERLOADED: ['wait', 'The service is busy', 'Too many people ask at the same time.'],
  ISSUER_UNAVAILABLE: [
    'wait',
    'Your sign-in cannot be checked right now',
    'The service that knows you is away.',
  ],
  ABORTED: ['retry', 'The request was broken off', 'Ask again.'],
  NOT_CACHED: ['retry', 'Nothing is kept of this page', 'Ask again.'],
  CURSOR_LOST: ['retry', 'The list has changed a great deal', 'Begin again at its head.'],
  UNAUTHENTICATED: ['sign in', 'You are not signed in', 'Sign in to see the worklist.'],
  FORBIDDEN: [
    'sign in',
    'You may not see this',
    'Sign in as somebody who may, or ask the operator of this service for the permission.',
  ],
  INTERNAL_SERVER_ERROR: [
    'operator',
    'Something is broken in the service',
    'Please tell its operator, with the number below.',
  ],
  BAD_REQUEST: OUTDATED,
  BAD_USER_INPUT: OUTDATED,
  GRAPHQL_PARSE_FAILED: OUTDATED,
  GRAPHQL_VALIDATION_FAILED: OUTDATED,
  OPERATION_RESOLUTION_FAILURE: OUTDATED,
  PERSISTED_QUERY_NOT_FOUND: OUTDATED,
  QUERY_TOO_COMPLEX: OUTDATED,
  REQUEST_ENTITY_TOO_LARGE: OUTDATED,
};

/** Whether an error comes from the gateway; one without a code never reached it. */
export function hasCode(error: ErrorLike): boolean {
  return CombinedGraphQLErrors.is(error) && error.errors[0]?.extensions?.['code'] !== undefined;
}

/** Whether the gateway says that asking again is of no use. */
export function isFinal(error: ErrorLike | undefined): boolean {
  return CombinedGraphQLErrors.is(error) && error.errors[0]?.extensions?.['retryable'] !== true;
}

/** How long the gateway asks to wait before asking again, if it does. */
export function retryAfterMsOf(error: ErrorLike | undefined): number | undefined {
  const retryAfterMs: unknown = CombinedGraphQLErrors.is(error)
    ? error.errors[0]?.extensions?.['retryAfterMs']
    : undefined;
  return typeof retryAfterMs === 'number' ? retryAfterMs : undefined;
}

/** What to tell users of an error, and what to do about it. */
export function adviseOn(error: ErrorLike, isOnline: boolean): ErrorAdvice {
  const first = CombinedGraphQLErrors.is(error) ? error.errors[0] : undefined;
  const { code, errorId } = first?.extensions ?? {};
  const [action, title, text] = wordsOf(code, isOnline, !isFinal(error));
  const marks = [code, errorId].filter((mark) => typeof mark === 'string');
  return {
    action,
    title,
    text,
    details: [first?.message ?? error.message, ...marks].join(' · '),
    retryAfterMs: retryAfterMsOf(error),
  };
}

function wordsOf(code: unknown, isOnline: boolean, isRetryable: boolean): Words {
  if (typeof code === 'string') {
    // A code of a newer gateway says of itself whether to ask again.
    const unknown: Words = [isRetryable ? 'wait' : 'operator', 'Something went wrong', TELL_OPERATOR];
    return WORDS_BY_CODE[code] ?? unknown;
  }
  return isOnline
    ? ['wait', 'The service cannot be reached', BY_ITSELF]
    : ['wait', 'You are offline', 'It goes on when you are back.'];
}
