import { lexicographicSortSchema, printSchema, type GraphQLArgument } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../src/schema/schema.ts';

test('schema.graphql is what the code builds', async () => {
  await expect(`${printSchema(lexicographicSortSchema(schema))}\n`).toMatchFileSnapshot(
    '../../schema.graphql',
  );
});

test('every type, field and argument has a description', () => {
  const undescribed = Object.values(schema.getTypeMap())
    .filter((type) => !type.name.startsWith('__'))
    .flatMap((type) => [
      { name: type.name, description: type.description },
      ...('getFields' in type
        ? Object.values(type.getFields()).flatMap((field) => [
            { name: `${type.name}.${field.name}`, description: field.description },
            ...('args' in field
              ? field.args.map((arg: GraphQLArgument) => ({
                  name: `${type.name}.${field.name}(${arg.name})`,
                  description: arg.description,
                }))
              : []),
          ])
        : []),
    ])
    .filter(({ description }) => !description);
  expect(undescribed).toEqual([]);
});
