import { execute } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/**
 * Executes with graphql-js. Yoga's own executor puts fields into the response in the order in which they
 * resolve, where the specification keeps the order of the request (section 6.3).
 */
export const useReferenceExecutor: Plugin = {
  onExecute({ setExecuteFn }) {
    setExecuteFn(execute);
  },
};
