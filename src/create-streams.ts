import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import { atWallTime, type Clock } from './clock.ts';
import { GatewayError } from './errors.ts';
import { clientErrorExtensions } from './client-error.ts';
import type { Report } from './events.ts';
import type { GraphQLServer, Subscribed } from './graphql/create-graphql.ts';
import { STREAM_LIMITS } from './limits.ts';
import { responseKey } from './responses/response-key.ts';
import type { Admitted } from './server/admission.ts';
import type { Refusal } from './server/refusal.ts';
import type { HeaderList } from './server/response-headers.ts';
import type { StreamFraming } from './server/stream-framing.ts';
import { createStreamWriter, type StreamWriter } from './server/stream-writer.ts';

export interface StreamsOptions {
  readonly graphql: GraphQLServer;
  readonly clock: Clock;
  readonly report: Report;
  /** Has pages read that were not for a while: somebody joins those who watch them. */
  readonly lookAgain: () => void;
  /** The most streams at once, and those of one caller. */
  readonly maxStreams: number;
  readonly maxStreamsPerCaller: number;
}

/** How a stream is written. */
export interface StreamHead {
  readonly framing: StreamFraming;
  /** Names and values in turn, of what all responses have. */
  readonly headers: HeaderList;
}

/** A request for a stream, that was let in. */
export interface StreamRequest extends StreamHead, Admitted {
  /** The parameters of the operation, not yet checked, and the text that they were read from. */
  readonly sent: unknown;
  readonly text: string;
}

export interface Streams {
  /**
   * Answers a subscription with a stream. Gives why it is refused, or the errors that kept it from beginning, or
   * `undefined` for an operation of another kind: then nothing has been sent.
   */
  open(
    response: ServerResponse,
    asked: StreamRequest,
  ): Promise<'open' | { readonly refusal: Refusal } | { readonly result: ExecutionResult } | undefined>;
  /** Answers with a stream of one result, as JSON. */
  answerOnce(response: ServerResponse, head: StreamHead, json: string): void;
  /** Takes no more, and ends all that there are, in a way that makes clients come back: to another instance. */
  close(): void;
}

/** All that ask the same, and may do the same: one execution serves them. */
interface Group {
  readonly members: Set<StreamWriter>;
  /** The newest result, as JSON. */
  last: string | undefined;
  leave(member: StreamWriter): void;
}

/** Subscriptions: who asks the same shares one execution, and each result is made once for all of them. */
export function createStreams(options: StreamsOptions): Streams {
  const { graphql, clock, report, lookAgain, maxStreams, maxStreamsPerCaller } = options;
  const groups = new Map<string, Group>();
  const open = new Set<StreamWriter>();
  const openByCaller = new Map<string, number>();
  let isClosing = false;

  let callOffBeat: (() => void) | undefined;

  function beat(): void {
    for (const writer of open) writer.beat();
    callOffBeat = open.size > 0 ? clock.after(STREAM_LIMITS.heartbeatMs, beat) : undefined;
  }

  function createGroup(key: string, results: AsyncIterableIterator<ExecutionResult>): Group {
    const group: Group = {
      members: new Set(),
      last: undefined,
      leave(member) {
        group.members.delete(member);
        if (group.members.size > 0) return;
        close();
        void results.return?.();
      },
    };
    /** From now on, who asks the same begins anew. */
    function close(): void {
      if (groups.get(key) === group) groups.delete(key);
    }
    async function run(): Promise<void> {
      for await (const result of results) {
        const json = JSON.stringify(result);
        // Something changed that nobody of them asks for.
        if (json === group.last) continue;
        group.last = json;
        for (const member of group.members) member.write(json);
      }
    }
    // It ends by itself only where something is broken: clients come back then.
    run()
      .catch((error: unknown) => report({ type: 'operation.crashed', errorId: randomUUID(), error }))
      .finally(() => {
        close();
        for (const member of group.members) member.end(false);
      });
    groups.set(key, group);
    return group;
  }

  function refusalFor(callerKey: string, text: string): Refusal | undefined {
    if (text.length > STREAM_LIMITS.maxRequestLength) return TOO_LONG;
    if (isClosing || open.size >= maxStreams) return TOO_MANY;
    return (openByCaller.get(callerKey) ?? 0) >= maxStreamsPerCaller ? TOO_MANY_OF_CALLER : undefined;
  }

  function join(group: Group, response: ServerResponse, asked: StreamRequest): void {
    const { caller, callerKey } = asked;
    const writer = writerFor(response, asked);
    group.members.add(writer);
    open.add(writer);
    callOffBeat ??= clock.after(STREAM_LIMITS.heartbeatMs, beat);
    openByCaller.set(callerKey, (openByCaller.get(callerKey) ?? 0) + 1);
    if (group.last !== undefined) {
      writer.write(group.last);
      lookAgain();
    }

    const callOff =
      caller.untilMs === undefined
        ? undefined
        : atWallTime(clock, caller.untilMs, () => {
            writer.write(ENDED);
            writer.end(true);
          });
    response.once('close', () => {
      callOff?.();
      open.delete(writer);
      const left = (openByCaller.get(callerKey) ?? 1) - 1;
      if (left === 0) openByCaller.delete(callerKey);
      else openByCaller.set(callerKey, left);
      group.leave(writer);
    });
  }

  return {
    async open(response, asked) {
      const { caller, callerKey, sent, text } = asked;
      const key = responseKey({
        permissions: caller.permissions,
        mediaType: '',
        coding: '',
        method: '',
        text,
      });
      const known = groups.get(key);
      const subscribed: Subscribed | undefined =
        known === undefined
          ? await graphql.subscribe(sent, {
              // It is for all who ask the same, whoever of them is still there.
              caller: { ...caller, name: undefined },
              demands: undefined,
              isStream: true,
              lifetime: NOT_KEPT,
              signalOf: () => NEVER,
            })
          : undefined;
      if (known === undefined && subscribed === undefined) return undefined;
      if (subscribed !== undefined && !isIterator(subscribed)) return { result: subscribed };
      const refusal = refusalFor(callerKey, text);
      if (refusal !== undefined || response.headersSent || response.destroyed) {
        void subscribed?.return?.();
        return refusal === undefined ? 'open' : { refusal };
      }
      // Meanwhile another may have begun the same.
      const other = groups.get(key);
      if (other !== undefined) void subscribed?.return?.();
      const group = other ?? (subscribed && createGroup(key, subscribed));
      if (group === undefined) return undefined;
      join(group, response, asked);
      return 'open';
    },

    answerOnce(response, head, json) {
      const writer = writerFor(response, head);
      writer.write(json);
      writer.end(true);
    },

    close() {
      isClosing = true;
      callOffBeat?.();
      for (const writer of open) writer.end(false);
    },
  };
}

function writerFor(response: ServerResponse, { framing, headers }: StreamHead): StreamWriter {
  return createStreamWriter(response, framing, [
    ...headers,
    'cache-control',
    'no-store',
    'vary',
    'Accept, Accept-Encoding, Origin',
  ]);
}

function isIterator(subscribed: Subscribed): subscribed is AsyncIterableIterator<ExecutionResult> {
  return Symbol.asyncIterator in subscribed;
}

/** Nobody waits for what a stream reads: it is for all who ask the same, who come and go. */
const NEVER = new AbortController().signal;
const NOT_KEPT = { endWith: () => {}, freshForMs: () => 0 };

const TOO_LONG: Refusal = {
  status: 413,
  error: new GatewayError(
    'REQUEST_ENTITY_TOO_LARGE',
    `A subscription has at most ${STREAM_LIMITS.maxRequestLength} characters, since it is kept for as long as it lasts.`,
  ),
};

const TOO_MANY: Refusal = {
  status: 503,
  error: new GatewayError('OVERLOADED', 'The gateway has too many streams at once.', { retryAfterMs: 5_000 }),
};

const TOO_MANY_OF_CALLER: Refusal = {
  status: 429,
  error: new GatewayError(
    'RATE_LIMITED',
    'You have more streams open than this gateway takes from one caller.',
    {
      retryAfterMs: 5_000,
    },
  ),
};

const ENDED = JSON.stringify({
  errors: [
    { message: 'The token is over: log in again.', extensions: clientErrorExtensions('UNAUTHENTICATED') },
  ],
});
