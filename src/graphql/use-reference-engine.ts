import {
  execute,
  GraphQLError,
  validate,
  type ASTVisitor,
  type ExecutionArgs,
  type ExecutionResult,
  type ValidationContext,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { OPERATION_LIMITS } from '../limits.ts';
import type { CompiledOperations } from './compiled-operations.ts';
import { createCoerceInput } from './coerce-input.ts';
import { findOperation } from './find-operation.ts';

export interface EngineOptions {
  /** Whether errors are silent about what may have been meant ("Did you mean …"), which tells of the schema. */
  readonly hideSuggestions: boolean;
  /** Those that run faster; `undefined` where graphql-js executes everything. */
  readonly compiled: CompiledOperations | undefined;
}

/**
 * Validates and executes with graphql-js. Yoga's own executor puts fields into the response in the order in which
 * they resolve, where the specification keeps the order of the request (section 6.3). Nothing is executed where
 * variables or arguments are wrong.
 */
export function useReferenceEngine({ hideSuggestions, compiled }: EngineOptions): Plugin {
  const coerceInput = createCoerceInput({ hideSuggestions });

  function run(
    args: ExecutionArgs,
    coerced: Readonly<Record<string, unknown>>,
  ): ExecutionResult | Promise<ExecutionResult> {
    const { document, operationName, contextValue } = args;
    const reference = () => execute({ ...args, hideSuggestions });
    const runCompiled = compiled?.find(document, findOperation(document, operationName));
    if (runCompiled === undefined) return reference();
    const result = runCompiled(contextValue, coerced);
    const orReference = (each: ExecutionResult) => (each.errors === undefined ? each : reference());
    return result instanceof Promise ? result.then(orReference) : orReference(result);
  }

  return {
    onValidate({ addValidationRule, setValidationFn }) {
      addValidationRule(knownOperationTypes);
      setValidationFn((schema, document, rules) =>
        validate(schema, document, rules, { maxErrors: OPERATION_LIMITS.maxErrors, hideSuggestions }),
      );
    },
    onExecute({ setExecuteFn }) {
      setExecuteFn((args) => {
        const input = coerceInput(args);
        return 'errors' in input ? input : run(args, input.coerced);
      });
    },
  };
}

/** GraphQL, section 5.2.1.1: graphql-js 16 leaves it to the execution, which then has failed. */
function knownOperationTypes(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition(node) {
      if (context.getSchema().getRootType(node.operation)) return;
      const message = `The ${node.operation} operation is not supported by the schema.`;
      context.reportError(new GraphQLError(message, { nodes: node }));
    },
  };
}
