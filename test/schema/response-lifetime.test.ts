import { execute, GraphQLObjectType, GraphQLSchema, GraphQLString, parse } from 'graphql';
import { expect, test } from 'vitest';
import { createResponseLifetime, withResponseLifetime } from '../../src/schema/response-lifetime.ts';

/** The lifetime of a response that has these two root fields, a page and a field inside it. */
async function lifetimeOf(resolved: { page?: unknown; other?: unknown; inside?: unknown }): Promise<number> {
  const Page = new GraphQLObjectType({
    name: 'Page',
    fields: { inside: { type: GraphQLString, resolve: () => resolved.inside } },
  });
  const Query = new GraphQLObjectType({
    name: 'Query',
    fields: {
      page: { type: Page, resolve: () => resolved.page },
      other: { type: Page, resolve: () => resolved.other },
    },
  });
  const contextValue = { lifetime: createResponseLifetime() };
  const result = await execute({
    schema: withResponseLifetime(new GraphQLSchema({ query: Query })),
    document: parse('{ page { inside } other { inside } }'),
    contextValue,
  });
  expect(result.errors).toBeUndefined();
  return contextValue.lifetime.freshForMs();
}

const page = (freshForMs: number) => Promise.resolve({ freshForMs: () => freshForMs });

test('the shortest of what was fetched counts', async () => {
  expect(await lifetimeOf({ page: page(5_000), other: page(2_000) })).toBe(2_000);
  expect(await lifetimeOf({ page: page(5_000), other: page(9_000) })).toBe(5_000);
});

test('what was fetched and says nothing of its lifetime may not be kept, wherever it stands', async () => {
  expect(await lifetimeOf({ page: page(5_000), other: Promise.resolve({}) })).toBe(0);
  expect(await lifetimeOf({ page: page(5_000), inside: Promise.resolve('text') })).toBe(0);
  expect(await lifetimeOf({ page: page(5_000), other: Promise.resolve(null) })).toBe(0);
});

test('what is there already may say it too', async () => {
  expect(await lifetimeOf({ page: page(5_000), other: { freshForMs: () => 1_000 } })).toBe(1_000);
});

test('what is computed changes nothing', async () => {
  expect(await lifetimeOf({ page: page(5_000), other: {}, inside: 'text' })).toBe(5_000);
});

test('where nothing was fetched, nothing is kept', async () => {
  expect(await lifetimeOf({ page: {}, inside: 'text' })).toBe(0);
});
