import { gql, type TypedDocumentNode } from '@apollo/client';
import {
  buildClientSchema,
  getIntrospectionQuery,
  lexicographicSortSchema,
  printSchema,
  type GraphQLSchema,
  type IntrospectionQuery,
} from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../src/schema/schema.ts';
import { startApollo } from './set-up.ts';

const INTROSPECTION: TypedDocumentNode<IntrospectionQuery> = gql(
  getIntrospectionQuery({
    schemaDescription: true,
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    inputValueDeprecation: true,
  }),
);

test('introspection gives the whole schema, descriptions included', async () => {
  const { client } = await startApollo();
  const { data } = await client.query({ query: INTROSPECTION });
  if (data === undefined) throw new Error('Introspection gave no data.');
  expect(sdlOf(buildClientSchema(data))).toBe(sdlOf(schema));
});

function sdlOf(printed: GraphQLSchema): string {
  return printSchema(lexicographicSortSchema(printed));
}
