import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { buildSchema, printSchema } from 'graphql';
import { expect, onTestFinished, test } from 'vitest';
import { fencedBlock, fencedBlocks, readDocument } from '../docs/markdown.ts';
import { startGateway } from '../support/gateway-harness.ts';

const TOOLS = fileURLToPath(new URL('.', import.meta.url));

/** An app's folder beside the tools, removed with the test, and how its owner runs one of them. */
function createApp(files: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(TOOLS, 'app-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const run = async (tool: string, ...words: readonly string[]) => {
    const file = join(TOOLS, 'node_modules', '.bin', tool);
    const { stdout, stderr } = await promisify(execFile)(file, words, {
      cwd: folder,
      env: { ...process.env, NO_COLOR: '1' },
    });
    return `${stdout}${stderr}`;
  };
  return { folder, run };
}

const TSCONFIG = JSON.stringify({
  compilerOptions: {
    strict: true,
    noEmit: true,
    target: 'es2022',
    module: 'esnext',
    moduleResolution: 'bundler',
    skipLibCheck: true,
    types: [],
    plugins: [
      {
        name: 'gql.tada/ts-plugin',
        schema: './schema.graphql',
        tadaOutputLocation: './src/graphql-env.d.ts',
      },
    ],
  },
  include: ['src'],
});

const DOCUMENTS = `
  query Page($after: ID, $offset: Int! = 0) {
    worklist(after: $after, offset: $offset) { total fetchedAt records { id createdAt fields } }
  }
  subscription Live { worklist(limit: 5) { stale records { progress } } }
`;

test('graphql-codegen, as README.md sets it up, makes types of the running gateway that hold', async () => {
  const { url } = await startGateway();
  const config = fencedBlock('js', 'preset');
  expect(config).toContain("schema: './schema.graphql'");
  const { run } = createApp({
    'codegen.ts': config.replace("'./schema.graphql'", `'${url}/graphql'`),
    'tsconfig.json': TSCONFIG,
    'src/documents.ts': `import { graphql } from './gql/gql';\nexport const documents = graphql(\`${DOCUMENTS}\`);`,
    'src/use.ts': `
      import type { LiveSubscription, PageQuery, PageQueryVariables } from './gql/graphql';
      export function use(page: PageQuery, live: LiveSubscription): string {
        const total: number | null | undefined = page.worklist?.total;
        const at: string | undefined = page.worklist?.fetchedAt;
        const created: string | null | undefined = page.worklist?.records[0]?.createdAt;
        const fields: Record<string, unknown> | undefined = page.worklist?.records[0]?.fields;
        const progress: number | null | undefined = live.worklist?.records[0]?.progress;
        // @ts-expect-error It may be null.
        const wrong: string | undefined = page.worklist?.records[0]?.createdAt;
        return [total, at, created, fields, progress, wrong].join();
      }
      export const variables: PageQueryVariables = { after: 'x' };
    `,
  });
  await run('graphql-codegen');
  await run('tsc', '-p', 'tsconfig.json');
});

test('gql.tada takes the schema from the running gateway, and checks documents against it', async () => {
  const { url } = await startGateway();
  const [initialize = ''] = fencedBlocks('docs/clients.md', 'ts').filter((piece) =>
    piece.includes('initGraphQLTada'),
  );
  const source = (field: string) => `
    import { initGraphQLTada } from 'gql.tada';
    import type { introspection } from './graphql-env.d.ts';
    ${initialize}
    export const query = graphql('query { worklist { records { id ${field} } } }');
  `;
  const { folder, run } = createApp({ 'tsconfig.json': TSCONFIG, 'src/query.ts': source('createdAt') });
  await run('gql.tada', 'generate-schema', `${url}/graphql`, '--output', 'schema.graphql');
  await run('gql.tada', 'generate-output');
  await run('gql.tada', 'check');
  writeFileSync(join(folder, 'src/query.ts'), source('titel'));
  const failure: unknown = await run('gql.tada', 'check').catch((error: unknown) => error);
  expect(JSON.stringify(failure)).toContain('titel');
});

test('graphql-inspector finds that schema.graphql is the schema of the running gateway', async () => {
  const { url } = await startGateway();
  const { run } = createApp({
    'schema.graphql': readDocument('schema.graphql'),
    'other.graphql': readDocument('schema.graphql').replace('hasNextPage', 'hasMore'),
  });
  const same = await run('graphql-inspector', 'diff', 'schema.graphql', `${url}/graphql`);
  expect(same).toContain('No breaking changes detected');
  // It does not ask for what a scalar is specified by.
  const changes = same.split('\n').filter((line) => /[✖⚠✔]/.test(line));
  expect(changes).toEqual([expect.stringContaining('specifiedBy was removed from scalar DateTime')]);
  const other = run('graphql-inspector', 'diff', 'other.graphql', `${url}/graphql`);
  await expect(other).rejects.toThrow('Command failed');
});

test('get-graphql-schema prints the schema of the running gateway', async () => {
  const { url } = await startGateway();
  const { run } = createApp({});
  const printed = await run('get-graphql-schema', `${url}/graphql`);
  const types = (sdl: string) => Object.keys(buildSchema(sdl).getTypeMap()).toSorted();
  expect(types(printed)).toEqual(types(printSchema(buildSchema(readDocument('schema.graphql')))));
  expect(printed).toContain('after: ID');
});
