import { expect, test } from 'vitest';
import { startGateway } from '../support/gateway-harness.ts';

const names = Array.from({ length: 15 }, (_, number) => `x${number}`);

test('of many mistakes in a document ten are told, and that there are more', async () => {
  const { query } = await startGateway();
  const { body } = await query(`{ worklist { ${names.join(' ')} } }`);
  expect(body.errors).toHaveLength(11);
  expect(body.errors?.at(-1)?.message).toContain('Too many validation errors');
});

test('of many wrong variables ten are told, and that there are more', async () => {
  const { query } = await startGateway();
  const declared = names.map((name) => `$${name}: Boolean!`);
  const used = names.map((name) => `${name}: total @include(if: $${name})`);
  const { body } = await query(
    `query (${declared.join(' ')}) { worklist { ${used.join(' ')} } }`,
    Object.fromEntries(names.map((name) => [name, 'yes'])),
  );
  expect(body.errors).toHaveLength(11);
  expect(body.errors?.at(-1)?.message).toContain('Too many errors processing variables');
  expect(body.errors?.[0]?.extensions?.['code']).toBe('BAD_USER_INPUT');
});

test('of many variables that are null where none may be ten are told', async () => {
  const { query } = await startGateway();
  const used = names.map((name) => `${name}: total @include(if: $none)`);
  const { body } = await query(`query ($none: Boolean = true) { worklist { ${used.join(' ')} } }`, {
    none: null,
  });
  expect(body.errors).toHaveLength(10);
});
