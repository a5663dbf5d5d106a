import {
  getArgumentValues,
  getDirectiveValues,
  getVariableValues,
  GraphQLError,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type ExecutionArgs,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionNode,
} from 'graphql';
import { OPERATION_LIMITS } from '../limits.ts';
import { findOperation } from './find-operation.ts';

type Values = Readonly<Record<string, unknown>>;

/**
 * The mistakes in what a client sends for variables, and in the arguments that follow from them, as graphql-js
 * finds them when it coerces (GraphQL, sections 6.1.2 and 6.4.1). It would find those of arguments while it
 * executes, where nothing tells them from a bug. The document is valid, so that its literals are right.
 */
export function findInputErrors(
  { schema, document, variableValues, operationName }: ExecutionArgs,
  { hideSuggestions }: { readonly hideSuggestions: boolean },
): readonly GraphQLError[] {
  const operation = findOperation(document, operationName);
  const { variableDefinitions = [] } = operation;
  if (variableDefinitions.length === 0) return [];
  const { errors, coerced } = getVariableValues(schema, variableDefinitions, variableValues ?? {}, {
    maxErrors: OPERATION_LIMITS.maxErrors,
    hideSuggestions,
  });
  return (
    errors ?? findArgumentErrors(schema, document, operation, coerced).slice(0, OPERATION_LIMITS.maxErrors)
  );
}

/** Those in all that may run, each fragment once. */
function findArgumentErrors(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Values,
): readonly GraphQLError[] {
  const errors: GraphQLError[] = [];
  const running = new Set<OperationDefinitionNode | FragmentDefinitionNode>([operation]);
  const types = new TypeInfo(schema);

  /** What is left out is not coerced. `false` ends the visit there. */
  function enter(selection: SelectionNode): false | undefined {
    const runs = attempt(errors, () => isIncluded(selection, variables)) ?? false;
    return runs ? undefined : false;
  }

  const visitor = visitWithTypeInfo(types, {
    InlineFragment: enter,
    FragmentSpread(spread) {
      if (enter(spread) === false) return false;
      const fragment = document.definitions.find(
        (definition) =>
          definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === spread.name.value,
      );
      if (fragment?.kind === Kind.FRAGMENT_DEFINITION) running.add(fragment);
      return undefined;
    },
    Field(field) {
      if (enter(field) === false) return false;
      const definition = types.getFieldDef();
      if (definition) attempt(errors, () => getArgumentValues(definition, field, variables));
      return undefined;
    },
  });
  // Those that are added meanwhile are visited too.
  for (const definition of running) visit(definition, visitor);
  return errors;
}

/** As graphql-js decides it. */
function isIncluded(selection: SelectionNode, variables: Values): boolean {
  return (
    getDirectiveValues(GraphQLSkipDirective, selection, variables)?.['if'] !== true &&
    getDirectiveValues(GraphQLIncludeDirective, selection, variables)?.['if'] !== false
  );
}

/** What `coerce` gives, `undefined` where it finds a mistake, which goes to `errors`. */
function attempt<Value>(errors: GraphQLError[], coerce: () => Value): Value | undefined {
  try {
    return coerce();
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    errors.push(error);
    return undefined;
  }
}
