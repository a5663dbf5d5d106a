import SchemaBuilder from '@pothos/core';
import ScopeAuthPlugin, { type AuthFailure } from '@pothos/plugin-scope-auth';
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
    unauthorizedError: (_parent, _context, { parentType, fieldName }, { failure }) =>
      new GatewayError(
        'FORBIDDEN',
        `${parentType.name}.${fieldName} needs ${missingOf(failure) ?? 'a permission that you lack'}.`,
      ),
  },
});

/** The permission for want of which a field is refused, as one reads it. */
function missingOf(failure: AuthFailure): string | undefined {
  if ('failures' in failure) return failure.failures.map(missingOf).find((text) => text !== undefined);
  if (!('parameter' in failure) || typeof failure.parameter !== 'string') return undefined;
  return `the permission ${failure.parameter}`;
}

builder.queryType({ description: 'What the service account sees at GoSpeech.' });
