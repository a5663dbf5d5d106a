import { expect, test } from 'vitest';
import { SHAPES, type Shape } from '../../src/sandbox/shapes.ts';
import { startGateway } from '../support/gateway-harness.ts';
import { parseWorklistShape } from '../../src/worklist-shape.ts';

const PAGE = `{
  worklist(offset: 8, limit: 6) {
    total
    records { id title status progress language durationMs createdAt updatedAt }
  }
}`;
const NOW_MS = Date.UTC(2026, 2, 4, 9, 30);

async function pageOf(name: keyof typeof SHAPES) {
  const { shapeFile = {} }: Shape = SHAPES[name];
  const parsed = parseWorklistShape(shapeFile);
  if ('problems' in parsed) throw new Error(parsed.problems.join('\n'));
  const { query } = await startGateway({
    upstream: { shape: parsed.shape },
    sandbox: { shape: name },
    sandboxNow: () => NOW_MS,
  });
  return (await query(PAGE)).body;
}

test.each(['dotnet', 'snake', 'array', 'german'] as const)(
  'the gateway reads the same of the shape %s, with the shape file that is printed for it',
  async (name) => {
    const plain = await pageOf('plain');
    expect(plain).toMatchObject({ data: { worklist: { total: 240 } } });
    expect(await pageOf(name)).toEqual(plain);
  },
);

test('each shape is read above', () => {
  expect(Object.keys(SHAPES)).toEqual(['plain', 'dotnet', 'snake', 'array', 'german']);
});

test('one shape at least is not read without its file', async () => {
  const { query } = await startGateway({ sandbox: { shape: 'german' } });
  expect((await query(PAGE)).body.errors?.[0]?.extensions?.['code']).toBe('UPSTREAM_BAD_RESPONSE');
});
