import type { CodegenConfig } from '@graphql-codegen/cli';

const config: CodegenConfig = {
  schema: '../../schema.graphql',
  documents: 'src/**/*.{ts,tsx}',
  generates: { 'src/gql/': { preset: 'client', presetConfig: { fragmentMasking: false } } },
  config: {
    scalars: { DateTime: 'string', JSONObject: 'Record<string, unknown>' },
    useTypeImports: true,
  },
  silent: true,
};

export default config;
