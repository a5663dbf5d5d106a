import { BREAK, GraphQLError, visit, type DocumentNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { RequestContext } from './request-context.ts';

export interface IntrospectionOptions {
  readonly isOn: boolean;
}

/**
 * Shows the schema to who may read anything; to nobody where it is turned off, and then GraphQL's own
 * suggestions ("Did you mean …") go with it.
 */
export function useIntrospectionGuard({ isOn }: IntrospectionOptions): Plugin<RequestContext> {
  return {
    onParse() {
      return ({ result, context }) => {
        if (result === null || result instanceof Error || !introspects(result)) return;
        const { permissions } = context.caller;
        if (isOn && (permissions.has('worklist:read') || permissions.has('token:read'))) return;
        // Thrown, since the result is remembered for the document, whoever asks next time.
        throw new GraphQLError(
          isOn
            ? 'Introspection needs a permission to read.'
            : 'Introspection is turned off here: GATEWAY_INTROSPECTION turns it on.',
          { extensions: { code: 'FORBIDDEN', retryable: false, http: { spec: true, status: 400 } } },
        );
      };
    },
    onValidate() {
      if (isOn) return undefined;
      return ({ valid, result, setResult }) => {
        if (!valid) setResult(result.map((error) => withoutSuggestion(error)));
      };
    },
  };
}

function introspects(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    Field({ name: { value } }) {
      found = value === '__schema' || value === '__type';
      return found ? BREAK : undefined;
    },
  });
  return found;
}

function withoutSuggestion(error: GraphQLError): GraphQLError {
  const message = error.message.replace(/ Did you mean .*\?$/s, '');
  return new GraphQLError(message, { nodes: error.nodes ?? null, extensions: error.extensions });
}
