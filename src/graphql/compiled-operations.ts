import { setImmediate, setTimeout as pause } from 'node:timers/promises';
import { visit, type DocumentNode, type ExecutionResult } from 'graphql';
import type { GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { CompiledQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';
import { MEMORY_LIMITS } from '../limits.ts';

/** Runs one operation, with the variables as they were sent. */
export type RunCompiled = (
  contextValue: unknown,
  variables: Readonly<Record<string, unknown>>,
) => ExecutionResult | Promise<ExecutionResult>;

export interface CompiledOperations {
  /** How to run a valid operation, if it was compiled. Each time that it is asked for counts as a sight of it. */
  find(document: DocumentNode, operation: OperationDefinitionNode): RunCompiled | undefined;
}

export interface CompiledOperationsOptions {
  readonly schema: GraphQLSchema;
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
  const { schema, maxOperations = MEMORY_LIMITS.maxCompiledOperations } = options;
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
    await pause(PAUSE_MS, undefined, { ref: false });
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
  return (contextValue, variables) => query(undefined, contextValue, variables);
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
    if (operation !== 'query' || text.length > MAX_DOCUMENT_LENGTH || text.includes('__proto__'))
      return false;
    let isFit = true;
    visit(document, {
      // What a fragment asks for under one condition is left out under the condition of another spread of it.
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
