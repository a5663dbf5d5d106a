import { getOperationAST, type ExecutionArgs, type ExecutionResult, type GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { FieldOfOperation, Operation, Report } from '../events.ts';
import { OPERATION_LIMITS } from '../limits.ts';
import type { RequestContext } from './request-context.ts';

/** What a client does not see of an error. */
export interface Hidden {
  readonly error: unknown;
  /** Where it is a bug: what the client sees of it. */
  readonly errorId?: string;
}

/** Remembers, for the events, what is behind the error that a client sees. */
export type Hide = (shown: GraphQLError, hidden: Hidden) => GraphQLError;

export interface OperationEvents {
  readonly hide: Hide;
  /** Notes what the operation of this context is called, by what was sent, which may be anything. */
  note(context: object, sent: unknown): void;
  /** Reports the result of an operation. */
  tell(result: ExecutionResult, context: RequestContext): void;
  /** Does both where yoga reads the request. */
  readonly plugin: Plugin<RequestContext, RequestContext>;
}

/** Reports what became of operations: refused before they ran, fields that failed, bugs. Of each, who asked for what. */
export function createOperationEvents(report: Report): OperationEvents {
  const hiddenBehind = new WeakMap<GraphQLError, Hidden>();
  /** The name of an operation by its context, and what has been told already. */
  const names = new WeakMap<object, string>();
  const told = new WeakSet<object>();

  function tell(result: ExecutionResult, context: RequestContext): void {
    const { errors } = result;
    if (errors === undefined || told.has(result)) return;
    told.add(result);
    const operation: Operation = {
      operation: printable(names.get(context), OPERATION_LIMITS.maxNameLength),
      caller: context.caller.name,
    };
    if (!('data' in result)) return tellRefusal(errors, operation);
    for (const error of errors) {
      const hidden = hiddenBehind.get(error);
      const field = { ...operation, path: printable(error.path?.join('.'), OPERATION_LIMITS.maxPathLength) };
      if (hidden !== undefined) tellFailure(hidden, field);
    }
  }

  function tellFailure({ error, errorId }: Hidden, field: FieldOfOperation): void {
    report(
      errorId === undefined
        ? { type: 'operation.failed', error, ...field }
        : { type: 'operation.crashed', errorId, error, ...field },
    );
  }

  /** Of several mistakes in a document, the first. */
  function tellRefusal([error]: readonly GraphQLError[], operation: Operation): void {
    if (error === undefined) return;
    const hidden = hiddenBehind.get(error);
    if (hidden?.errorId !== undefined) return tellFailure(hidden, operation);
    const code = error.extensions['code'];
    // The client left, which is no refusal.
    if (code === 'ABORTED') return;
    // What validation finds has no code of its own here.
    report({
      type: 'operation.refused',
      code: typeof code === 'string' ? code : 'GRAPHQL_VALIDATION_FAILED',
      ...operation,
    });
  }

  function noteName({
    document,
    operationName,
    contextValue,
  }: ExecutionArgs & { readonly contextValue: RequestContext }): void {
    const name = getOperationAST(document, operationName)?.name?.value;
    if (name !== undefined) names.set(contextValue, name);
  }

  function note(context: object, sent: unknown): void {
    const { operationName }: { operationName?: unknown } = Object(sent);
    if (typeof operationName === 'string') names.set(context, operationName);
  }

  return {
    note,
    tell,
    hide(shown, hidden) {
      hiddenBehind.set(shown, hidden);
      return shown;
    },
    plugin: {
      onParams({ params, context }) {
        note(context, params);
      },
      onExecute: ({ args }) => noteName(args),
      onSubscribe: ({ args }) => noteName(args),
      onExecutionResult({ result, context }) {
        if (isResult(result)) tell(result, context);
      },
      // What never came to an execution: it was no request of GraphQL, or its document may not run.
      onResultProcess({ result, serverContext }) {
        for (const each of [result].flat()) if (isResult(each)) tell(each, serverContext);
      },
    },
  };
}

function isResult(result: unknown): result is ExecutionResult {
  return result instanceof Object && ('errors' in result || 'data' in result);
}

/** What a client wrote, for a log: bounded, and without what would move a terminal's cursor. */
function printable(text: string | undefined, maxLength: number): string | undefined {
  return text?.slice(0, maxLength).replaceAll(/[^\x20-\x7e]/g, '?');
}
