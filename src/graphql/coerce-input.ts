import {
  BREAK,
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
  type ArgumentNode,
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

/** What is sent for the variables of an operation, coerced, or the mistakes in it. */
export type CoerceInput = (
  args: ExecutionArgs,
) => { readonly coerced: Values } | { readonly errors: readonly GraphQLError[] };

/**
 * Coerces what a client sends for variables, with graphql-js' own functions, and finds the mistakes in it and in the
 * arguments that follow from it (GraphQL, sections 6.1.2 and 6.4.1). graphql-js would find those of arguments while it
 * executes, where nothing tells them from a bug. The document is valid, so that its literals are right.
 */
export function createCoerceInput({ hideSuggestions }: { readonly hideSuggestions: boolean }): CoerceInput {
  const { maxErrors } = OPERATION_LIMITS;
  /** What has to be coerced for an operation, where no variable decides what runs. */
  const coercions = new WeakMap<OperationDefinitionNode, readonly Coercion[]>();

  return ({ schema, document, variableValues, operationName }) => {
    const operation = findOperation(document, operationName);
    const { variableDefinitions = [] } = operation;
    if (variableDefinitions.length === 0) return NOTHING;
    const options = { maxErrors, hideSuggestions };
    const values = getVariableValues(schema, variableDefinitions, variableValues ?? {}, options);
    if (values.errors !== undefined) return { errors: values.errors };
    const { coerced } = values;
    let known = coercions.get(operation);
    if (known === undefined) {
      const found = findCoercions(schema, document, operation, coerced);
      known = found.coercions;
      if (!found.isConditional) coercions.set(operation, known);
    }
    const errors = mistakesIn(known, coerced);
    return errors.length > 0 ? { errors } : { coerced };
  };
}

const NOTHING = { coerced: {} };

/** Throws a `GraphQLError` where variables are wrong in the place that it is about. */
type Coercion = (variables: Values) => unknown;

function mistakesIn(coercions: readonly Coercion[], variables: Values): readonly GraphQLError[] {
  const errors: GraphQLError[] = [];
  for (const coerce of coercions) {
    try {
      coerce(variables);
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      errors.push(error);
    }
  }
  return errors.slice(0, OPERATION_LIMITS.maxErrors);
}

/**
 * Those of conditions and of arguments that hang on variables, in all that runs with these, each fragment once; and
 * whether something else may run with others.
 */
function findCoercions(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Values,
): { readonly coercions: readonly Coercion[]; readonly isConditional: boolean } {
  const coercions: Coercion[] = [];
  let isConditional = false;
  const running = new Set<OperationDefinitionNode | FragmentDefinitionNode>([operation]);
  const types = new TypeInfo(schema);

  /** What is left out is not coerced. `false` ends the visit there. */
  function enter(selection: SelectionNode): false | undefined {
    if (selection.directives === undefined || selection.directives.length === 0) return undefined;
    isConditional = true;
    const condition: Coercion = (values) => isIncluded(selection, values);
    if (mistakesIn([condition], variables).length === 0) {
      return isIncluded(selection, variables) ? undefined : false;
    }
    coercions.push(condition);
    return false;
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
      if (definition && field.arguments?.some(hangsOnVariables)) {
        coercions.push((values) => getArgumentValues(definition, field, values));
      }
      return undefined;
    },
  });
  // Those that are added meanwhile are visited too.
  for (const definition of running) visit(definition, visitor);
  return { coercions, isConditional };
}

function hangsOnVariables(argument: ArgumentNode): boolean {
  let found = false;
  visit(argument, {
    Variable() {
      found = true;
      return BREAK;
    },
  });
  return found;
}

/** As graphql-js decides it. */
function isIncluded(selection: SelectionNode, variables: Values): boolean {
  return (
    getDirectiveValues(GraphQLSkipDirective, selection, variables)?.['if'] !== true &&
    getDirectiveValues(GraphQLIncludeDirective, selection, variables)?.['if'] !== false
  );
}
