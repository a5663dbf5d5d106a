import { Kind, visit, type ASTNode, type DocumentNode, type GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { requestError } from './request-error.ts';

/**
 * Gives its code to each mistake that GraphQL finds in a document: `BAD_USER_INPUT` to those in arguments and
 * variables, with what is right where the argument has a rule; `GRAPHQL_VALIDATION_FAILED` to others. `rules`
 * holds a sentence by the argument's name.
 */
export function useArgumentErrors(rules: Readonly<Record<string, string>>): Plugin {
  return {
    onValidate({ params: { documentAST } }) {
      return ({ valid, result, setResult }) => {
        if (!valid) setResult(result.map((error) => asRequestError(error, documentAST, rules)));
      };
    },

    onSubscribe({ args: { document } }) {
      return {
        onSubscribeResult({ result, setResult }) {
          if (!('errors' in result) || result.errors === undefined) return;
          // With a path they are those of the field, which had begun.
          if (result.errors.some(({ path }) => path !== undefined)) return;
          setResult({ errors: result.errors.map((error) => asInputError(error, document, rules)) });
        },
      };
    },

    onExecute({ args: { document } }) {
      return {
        onExecuteDone({ result, setResult }) {
          // With `data` it was executed, and its errors are those of fields.
          if (!('errors' in result) || result.errors === undefined || 'data' in result) return;
          setResult({ errors: result.errors.map((error) => asInputError(error, document, rules)) });
        },
      };
    },
  };
}

function asRequestError(
  error: GraphQLError,
  document: DocumentNode,
  rules: Readonly<Record<string, string>>,
): GraphQLError {
  const node = error.nodes?.length === 1 ? error.nodes[0] : undefined;
  // A variable that nothing uses is a mistake of the document.
  const isInput = node?.kind !== Kind.VARIABLE_DEFINITION && argumentWith(node, document) !== undefined;
  return isInput
    ? asInputError(error, document, rules)
    : requestError('GRAPHQL_VALIDATION_FAILED', error.message, { located: error });
}

function asInputError(
  error: GraphQLError,
  document: DocumentNode,
  rules: Readonly<Record<string, string>>,
): GraphQLError {
  const argument = argumentWith(error.nodes?.[0], document);
  const rule = argument !== undefined && Object.hasOwn(rules, argument) ? ` ${rules[argument]}` : '';
  // GraphQL ends some of its messages with a value.
  const message = rule === '' || error.message.endsWith('.') ? error.message : `${error.message}.`;
  return requestError('BAD_USER_INPUT', `${message}${rule}`, { located: error });
}

/** The name of the first argument whose value is this node, or the variable that it defines. */
function argumentWith(node: ASTNode | undefined, document: DocumentNode): string | undefined {
  const variable = node?.kind === Kind.VARIABLE_DEFINITION ? node.variable.name.value : undefined;
  let name: string | undefined;
  visit(document, {
    Argument(argument) {
      const { value } = argument;
      const isUse = value.kind === Kind.VARIABLE && value.name.value === variable;
      if (isUse || value === node) name ??= argument.name.value;
    },
  });
  return name;
}
