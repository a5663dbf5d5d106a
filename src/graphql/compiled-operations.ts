import { setImmediate } from 'node:timers/promises';
import {
  OperationTypeNode,
  visit,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type { CompiledQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';
import { sleep, type Clock } from '../clock.ts';
import { MEMORY_LIMITS } from '../limits.ts';

/** Runs one operation, with its variables as graphql-js coerced them: graphql-jit knows no default of a required one. */
export type RunCompiled = (
  contextValue: unknown,
  coerced: Readonly<Record<string, unknown>>,
) => ExecutionResult | Promise<ExecutionResult>;

export interface CompiledOperations {
  /** How to run a valid operation, if it was compiled. Each time that it is asked for counts as a sight of it. */
  find(document: DocumentNode, operation: OperationDefinitionNode): RunCompiled | undefined;
}

export interface CompiledOperationsOptions {
  readonly schema: GraphQLSchema;
  readonly clock: Clock;
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
  const { schema, clock, maxOperations = MEMORY_LIMITS.maxCompiledOperations } = options;
  const sights = new WeakMap<OperationDefinitionNode, number>();
  const isFit = createFitness(schema);
  let isBusy = false;

  const known = new LRUCache<OperationDefinitionNode, Compiled>({
    max: maxOperations,
    dispose: (_compiled, operation) => void sights.delete(operation),
  });

  async function compile(document: DocumentNode, operation: OperationDefinitionNode): Promise<void> {
    await setImmediate();
    const { compileQuery, isCompiledQuery } = await import('graphql-jit');
    const compiled = compileQuery(schema, document, operation.name?.value);
    known.set(operation, { run: isCompiledQuery(compiled) ? runOf(compiled) : undefined });
    await sleep(clock, PAUSE_MS);
  }

  return {
    find(document, operation) {
      const compiled = known.get(operation);
      if (compiled !== undefined) return compiled.run;
      const count = (sights.get(operation) ?? 0) + 1;
      sights.set(operation, count);
      if (count < SIGHTS || isBusy) return undefined;
      if (!isFit(document, operation)) {
        known.set(operation, { run: undefined });
        return undefined;
      }
      isBusy = true;
      void compile(document, operation)
        // It runs on graphql-js then, as before.
        .catch(() => known.set(operation, { run: undefined }))
        .finally(() => {
          isBusy = false;
        });
      return undefined;
    },
  };
}

interface Compiled {
  /** None where it could not be compiled. */
  readonly run: RunCompiled | undefined;
}

function runOf({ query }: CompiledQuery): RunCompiled {
  return (contextValue, coerced) => query(undefined, contextValue, coerced);
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
    const text = document.loc?.source.body ?? '';
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
