import { setImmediate } from 'node:timers/promises';
import {
  OperationTypeNode,
  visit,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { sleep, type Clock } from '../clock.ts';
import { MEMORY_LIMITS } from '../limits.ts';

/** An operation that was compiled. */
export interface CompiledOperation {
  readonly document: DocumentNode;
  /** Runs it, with its variables as graphql-js coerced them: graphql-jit knows no default of a required one. */
  readonly run: (
    contextValue: unknown,
    coerced: Readonly<Record<string, unknown>>,
  ) => ExecutionResult | Promise<ExecutionResult>;
}

export interface CompiledOperations {
  /** The operation of a document, by its text, if it was compiled. */
  find(text: string, operationName: string | undefined): CompiledOperation | undefined;
  /**
   * Counts that an operation of a valid document is executed, asked for by this name, and compiles it when that happens
   * again and again.
   */
  see(document: DocumentNode, operation: OperationDefinitionNode, operationName: string | undefined): void;
}

export interface CompiledOperationsOptions {
  readonly schema: GraphQLSchema;
  readonly clock: Clock;
  /** Whether it passes all checks that hang on what is sent with it, whatever that is. */
  readonly isHarmless: (operation: OperationDefinitionNode) => boolean;
  /** At most this many are remembered; the one unused for longest is forgotten first. */
  readonly maxOperations?: number;
}

/** A document that is seen so often is asked by a program; one that somebody types, or attacks with, is new each time. */
const SIGHTS = 3;

/** Compiling takes some 2 ms, in which nobody is served: no more of them than one in this time. */
const PAUSE_MS = 50;

/** Most are far shorter; compiling takes longer the longer they are. */
const MAX_DOCUMENT_LENGTH = 8_192;

/**
 * Operations that are seen again are compiled by graphql-jit, one at a time and behind whoever asks, who does not wait
 * for it. What it does not run as graphql-js does (see `createFitness`) is not compiled.
 */
export function createCompiledOperations(options: CompiledOperationsOptions): CompiledOperations {
  const { schema, clock, isHarmless, maxOperations = MEMORY_LIMITS.maxCompiledOperations } = options;
  const isFit = createFitness(schema);
  const sights = new WeakMap<OperationDefinitionNode, number>();
  let isBusy = false;

  const known = new LRUCache<string, CompiledOperation>({ max: maxOperations });

  async function compile(key: string, document: DocumentNode, operationName?: string): Promise<void> {
    await setImmediate();
    const { compileQuery, isCompiledQuery } = await import('graphql-jit');
    const compiled = compileQuery(schema, document, operationName);
    if (!isCompiledQuery(compiled)) throw new Error('graphql-jit cannot compile this document.');
    const { query } = compiled;
    known.set(key, { document, run: (contextValue, coerced) => query(undefined, contextValue, coerced) });
    await sleep(clock, PAUSE_MS);
  }

  return {
    find: (text, operationName) => known.get(keyOf(text, operationName)),

    see(document, operation, operationName) {
      const count = (sights.get(operation) ?? 0) + 1;
      sights.set(operation, count);
      if (count < SIGHTS || isBusy) return;
      const key = keyOf(textOf(document), operationName);
      if (known.has(key)) return;
      if (!isFit(document, operation) || !isHarmless(operation)) {
        sights.set(operation, NEVER);
        return;
      }
      isBusy = true;
      void compile(key, document, operationName)
        .catch(() => sights.set(operation, NEVER))
        .finally(() => {
          isBusy = false;
        });
    },
  };
}

/** No further sight makes it enough. */
const NEVER = -Infinity;

/** With the length of the name, which a client may write as it likes: no other name and text give the same. */
function keyOf(text: string, operationName = ''): string {
  return `${operationName.length} ${operationName} ${text}`;
}

function textOf({ loc }: DocumentNode): string {
  return loc?.source.body ?? '';
}

/**
 * Whether graphql-jit runs it as graphql-js does. What has an error in it is executed once more, by graphql-js, so that
 * only fields are compiled that may be asked twice.
 */
function createFitness(schema: GraphQLSchema) {
  const rootFields = Object.values(schema.getQueryType()?.getFields() ?? {});
  const unfit = new Set(
    rootFields.filter(({ extensions }) => !extensions.isRepeatable).map(({ name }) => name),
  );

  return (document: DocumentNode, { operation }: OperationDefinitionNode): boolean => {
    const text = textOf(document);
    // An alias of that name would be the prototype of an object literal.
    if (
      operation !== OperationTypeNode.QUERY ||
      text.length > MAX_DOCUMENT_LENGTH ||
      text.includes('__proto__')
    )
      return false;
    let isFit = true;
    visit(document, {
      // What @skip or @include leaves out would still have its place in the order of fields.
      Directive() {
        isFit = false;
      },
      Field({ name: { value } }) {
        if (unfit.has(value) || (value.startsWith('__') && value !== '__typename')) isFit = false;
      },
    });
    return isFit;
  };
}
