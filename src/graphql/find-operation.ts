import { getOperationAST, Kind, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import { GatewayError } from '../errors.ts';

/**
 * The operation of a document that is to run: the one named so, or the only one (GraphQL, section 6.1). Throws
 * `OPERATION_RESOLUTION_FAILURE` where there is none.
 */
export function findOperation(
  document: DocumentNode,
  operationName: string | null | undefined,
): OperationDefinitionNode {
  const operation = getOperationAST(document, operationName);
  if (operation) return operation;
  const isNamed = operationName !== undefined && operationName !== null;
  const hasAny = document.definitions.some(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  throw new GatewayError(
    'OPERATION_RESOLUTION_FAILURE',
    isNamed && hasAny
      ? 'The document holds no operation of that operationName.'
      : hasAny
        ? 'The document holds several operations: operationName must say which is to run.'
        : 'The document must hold an operation.',
  );
}
