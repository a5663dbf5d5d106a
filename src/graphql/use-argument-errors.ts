import { GraphQLError, Kind, visit, type ASTNode, type DocumentNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/**
 * Turns the type errors that GraphQL finds in arguments and variables into `BAD_USER_INPUT`, and adds what is
 * right where the argument has a rule. `rules` holds a sentence by the argument's name.
 */
export function useArgumentErrors(rules: Readonly<Record<string, string>>): Plugin {
  return {
    onValidate({ params: { documentAST } }) {
      return ({ valid, result, setResult }) => {
        if (!valid) setResult(result.map((error) => asInputError(error, documentAST, rules)));
      };
    },

    onExecute({ args: { document } }) {
      return {
        onExecuteDone({ result, setResult }) {
          if (!('errors' in result) || result.errors === undefined) return;
          const errors = result.errors.map((error) => asInputError(error, document, rules));
          setResult({ ...result, errors });
        },
      };
    },
  };
}

function asInputError(
  error: GraphQLError,
  document: DocumentNode,
  rules: Readonly<Record<string, string>>,
): GraphQLError {
  const node = error.nodes?.length === 1 ? error.nodes[0] : undefined;
  // What validation found is remembered for the document, and may have been here before.
  const isKnown = error.extensions['code'] === 'BAD_USER_INPUT';
  if (node === undefined || error.path !== undefined || isKnown) return error;
  const isVariable = node.kind === Kind.VARIABLE_DEFINITION;
  const argument = isVariable
    ? findArgument(document, (value) => isUseOf(value, node.variable.name.value))
    : findArgument(document, (value) => value === node);
  if (!isVariable && argument === undefined) return error;

  const rule = argument !== undefined && Object.hasOwn(rules, argument) ? ` ${rules[argument]}` : '';
  return new GraphQLError(`${error.message}${rule}`, {
    nodes: error.nodes ?? null,
    // A request error (GraphQL over HTTP): 400, but 200 for clients of the older application/json.
    extensions: { code: 'BAD_USER_INPUT', retryable: false, http: { spec: true, status: 400 } },
  });
}

/** The name of the first argument whose value is as described. */
function findArgument(document: DocumentNode, matches: (value: ASTNode) => boolean): string | undefined {
  let name: string | undefined;
  visit(document, {
    Argument(argument) {
      if (matches(argument.value)) name ??= argument.name.value;
    },
  });
  return name;
}

function isUseOf(value: ASTNode, variable: string): boolean {
  return value.kind === Kind.VARIABLE && value.name.value === variable;
}
