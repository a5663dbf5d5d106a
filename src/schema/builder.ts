import SchemaBuilder from '@pothos/core';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import { GatewayError } from '../errors.ts';
import type { Permission } from '../permissions.ts';
import type { GatewayContext } from './context.ts';

/** It holds types only, no client and no setting, so importing it does nothing. */
export const builder = new SchemaBuilder<{
  Context: GatewayContext;
  DefaultFieldNullability: false;
  Scalars: {
    DateTime: { Input: never; Output: Date };
    JSONObject: { Input: never; Output: Readonly<Record<string, unknown>> };
    ID: { Input: string; Output: string };
  };
  /** `authScopes: { permission: … }` at a field: without that permission the field is `FORBIDDEN`. */
  AuthScopes: { permission: Permission };
}>({
  defaultFieldNullability: false,
  plugins: [ScopeAuthPlugin],
  scopeAuth: {
    authScopes: ({ permissions }) => ({ permission: (permission) => permissions.has(permission) }),
    unauthorizedError: (_parent, _context, { parentType, fieldName }) =>
      new GatewayError('FORBIDDEN', `You have no permission for ${parentType.name}.${fieldName}.`),
  },
});

builder.queryType({ description: 'What the service account sees at GoSpeech.' });
