import type { ServiceToken } from '../auth/service-token.ts';
import { builder } from './builder.ts';

export const TokenRef = builder.objectRef<ServiceToken>('Token');

TokenRef.implement({
  description: 'The OAuth 2.0 access token with which the gateway signs its requests to GoSpeech.',
  fields: (t) => ({
    tokenType: t.exposeString('tokenType', { description: 'How it is presented: `Bearer` (RFC 6750).' }),
    scopes: t.exposeStringList('scopes', { description: 'What it was granted for.' }),
    issuedAt: t.field({
      type: 'DateTime',
      description: 'When the gateway asked for it.',
      resolve: ({ issuedAtMs }) => new Date(issuedAtMs).toISOString(),
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When it ends. The gateway replaces it before that.',
      resolve: ({ expiresAtMs }) => new Date(expiresAtMs).toISOString(),
    }),
    expiresIn: t.int({
      description: 'Whole seconds until it ends.',
      resolve: ({ expiresAtMonotonicMs }, _args, { clock }) =>
        Math.max(0, Math.floor((expiresAtMonotonicMs - clock.monotonicMs()) / 1_000)),
    }),
    refreshable: t.exposeBoolean('refreshable', {
      description: 'Whether the gateway holds a refresh token to replace it with.',
    }),
    accessToken: t.string({
      nullable: true,
      description: 'The token itself. Needs the permission `token:reveal`.',
      extensions: { permission: 'token:reveal' },
      resolve: (token, _args, { reveal }) => reveal(token),
    }),
  }),
});

builder.queryField('token', (t) =>
  t.field({
    type: TokenRef,
    nullable: true,
    description:
      'The service token the gateway is using now. Never the refresh token. Needs the permission `token:read`.',
    extensions: { permission: 'token:read' },
    resolve: (_root, _args, { serviceToken }) => serviceToken(),
  }),
);
