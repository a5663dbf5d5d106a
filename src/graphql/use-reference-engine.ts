import {
  execute,
  GraphQLError,
  subscribe,
  validate,
  type ASTVisitor,
  type ExecutionArgs,
  type ValidationContext,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { OPERATION_LIMITS } from '../limits.ts';
import type { CoerceInput } from './coerce-input.ts';

export interface EngineOptions {
  /** Whether errors are silent about what may have been meant ("Did you mean …"), which tells of the schema. */
  readonly hideSuggestions: boolean;
  readonly coerceInput: CoerceInput;
  /** Is told of each operation that is executed. */
  readonly onOperation: (args: ExecutionArgs) => void;
}

/**
 * Validates and executes with graphql-js. Yoga's own executor puts fields into the response in the order in which
 * they resolve, where the specification keeps the order of the request (section 6.3). Nothing is executed where
 * variables or arguments are wrong.
 */
export function useReferenceEngine({ hideSuggestions, coerceInput, onOperation }: EngineOptions): Plugin {
  return {
    onValidate({ addValidationRule, setValidationFn }) {
      addValidationRule(knownOperationTypes);
      setValidationFn((schema, document, rules) => {
        const limits = { maxErrors: OPERATION_LIMITS.maxErrors, hideSuggestions };
        try {
          return validate(schema, document, rules, limits);
        } catch (error) {
          if (error instanceof GraphQLError) return [directiveAtRoot(error)];
          throw error;
        }
      });
    },
    onExecute({ setExecuteFn }) {
      setExecuteFn((args) => {
        const input = coerceInput(args);
        if ('errors' in input) return input;
        onOperation(args);
        return execute({ ...args, hideSuggestions });
      });
    },
    onSubscribe({ setSubscribeFn }) {
      setSubscribeFn((args) => {
        const input = coerceInput(args);
        return 'errors' in input ? input : subscribe(args);
      });
    },
  };
}

/** What graphql-js throws where its rule on subscriptions evaluates `@skip` and `@include`, which must not stand there. */
function directiveAtRoot({ source, positions }: GraphQLError): GraphQLError {
  const message = 'The field of a subscription takes no @skip and no @include with a variable.';
  // Its place without the nodes there, by which it would be one of the variable.
  return new GraphQLError(message, { source: source ?? null, positions: positions ?? null });
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
