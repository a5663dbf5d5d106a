import type { Plugin } from 'graphql-yoga';

/** An empty `operationName` is none: many clients send it where a document has one operation without a name. */
export const useUnnamedOperations: Plugin = {
  onParams({ params, setParams }) {
    // In a batch anything may stand in the place of the parameters; what is no object is refused later.
    if (params?.operationName !== '') return;
    const { operationName: _, ...others } = params;
    setParams(others);
  },
};
