import { Kind, type OperationDefinitionNode, type SelectionNode, type ValueNode } from 'graphql';

/** Reads the values of arguments before anything is validated. */
export interface SentValues {
  /**
   * What an argument is given, by graphql-js' own rules: a variable that is not sent stands for its default, one
   * that is sent as null does not. `undefined` where it is given nothing, null where it is given what is neither
   * an integer nor a Boolean; GraphQL refuses that later, or it does not matter here.
   */
  of(value: ValueNode | undefined): number | boolean | null | undefined;
  /** Whether `@skip` or `@include` says that the selection does not run. */
  isLeftOut(selection: SelectionNode): boolean;
}

/** The values that `operation` is given with these `variables`, as they were sent. */
export function createSentValues(
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): SentValues {
  function ofVariable(name: string): number | boolean | null | undefined {
    if (Object.hasOwn(variables, name)) {
      const sent = variables[name];
      return typeof sent === 'number' || typeof sent === 'boolean' ? sent : null;
    }
    return ofLiteral(variableDefinitions.find(({ variable }) => variable.name.value === name)?.defaultValue);
  }

  function of(value: ValueNode | undefined) {
    return value?.kind === Kind.VARIABLE ? ofVariable(value.name.value) : ofLiteral(value);
  }

  return {
    of,
    isLeftOut: ({ directives = [] }) =>
      directives.some(({ name, arguments: [condition] = [] }) => {
        const leavesOut = name.value === 'skip' ? true : name.value === 'include' ? false : undefined;
        return leavesOut !== undefined && of(condition?.value) === leavesOut;
      }),
  };
}

function ofLiteral(value: ValueNode | undefined): number | boolean | null | undefined {
  if (value === undefined) return undefined;
  if (value.kind === Kind.INT) return Number(value.value);
  return value.kind === Kind.BOOLEAN ? value.value : null;
}
