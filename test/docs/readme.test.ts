import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { buildSchema, isObjectType } from 'graphql';
import { expect, test } from 'vitest';
import { startGateway } from '../support/gateway-harness.ts';
import { fencedBlock, readDocument, ROOT } from './markdown.ts';

/** The same value with the names of types in place of values, so that answers of different days are alike. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, inside]) => [key, shapeOf(inside)]));
}

test('the first query of README.md gives the answer that stands there, but for the invented values', async () => {
  const [, body = ''] = /-d '([^']*)'/.exec(fencedBlock('sh', 'hasNextPage')) ?? [];
  const { url } = await startGateway();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  const shown: unknown = JSON.parse(fencedBlock('json', 'hasNextPage'));
  const given: unknown = await response.json();
  expect(shapeOf(given)).toEqual(shapeOf(shown));
  expect(given).toMatchObject({ data: { worklist: { total: 240, hasNextPage: true } } });
});

test("the query of README.md for cmd.exe is the gateway's, quotes and all", async () => {
  const [, quoted = ''] = /-d "(.*)"$/m.exec(fencedBlock('bat', 'curl')) ?? [];
  const { url } = await startGateway();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: quoted.replaceAll(String.raw`\"`, '"'),
  });
  expect(await response.json()).toEqual({ data: { worklist: { total: 240 } } });
});

test('the lines for Apollo Client in README.md print a page', async () => {
  const { url } = await startGateway();
  const address = 'http://127.0.0.1:4000/graphql';
  const lines = fencedBlock('js', 'ApolloClient');
  expect(lines).toContain(address);
  const code = lines
    .replace(address, `${url}/graphql`)
    .replace(/console\.log\((.*)\)/, 'console.log(JSON.stringify($1))');
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: ROOT,
  });
  expect(JSON.parse(stdout)).toMatchObject({ total: 240, hasNextPage: true });
});

test("the record in README.md is the schema's", () => {
  const record = buildSchema(readDocument('schema.graphql')).getType('Record');
  if (!isObjectType(record)) throw new Error('There is no record.');
  const shown = fencedBlock('graphql', 'type Record').matchAll(/^ {2}(\w+): ([\w!]+)/gm);
  expect([...shown].map(([, name, type]) => `${name}: ${type}`).toSorted()).toEqual(
    Object.values(record.getFields()).map(({ name, type }) => `${name}: ${String(type)}`),
  );
});
