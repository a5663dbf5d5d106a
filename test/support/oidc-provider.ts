import type { Configuration, Provider } from 'oidc-provider';
import { onTestFinished, vi } from 'vitest';
import { startServer } from '../../src/server/start-server.ts';
import { CREDENTIALS, startWorklistApi, type OAuthUpstream, type TokenExchange } from './oauth-upstream.ts';

export interface OidcProvider extends OAuthUpstream {
  /** Forgets an access token or a refresh token. */
  revoke(token: unknown): Promise<void>;
  /** Gives the account another password. */
  changePassword(password: string): void;
}

export interface OidcProviderOptions {
  /** Those of the asked scopes that the account may have. */
  readonly scopes?: readonly string[];
  readonly accessTokenLifetimeS?: number;
}

const ALL_SCOPES = ['openid', 'offline_access', 'email', 'profile', 'integrated-api'];

/**
 * Starts oidc-provider, closed when the test ends. Its access tokens are opaque. Each refresh token is good for
 * one use, and ends its whole grant when it is used again (RFC 9700, section 4.14.2).
 */
export async function startOidcProvider(options: OidcProviderOptions = {}): Promise<OidcProvider> {
  const { scopes = ALL_SCOPES, accessTokenLifetimeS = 3_600 } = options;
  const tokenRequests: TokenExchange[] = [];
  let accountPassword: string = CREDENTIALS.password;

  const { provider, errors } = await createProvider({
    clients: [
      {
        client_id: CREDENTIALS.clientId,
        client_secret: CREDENTIALS.clientSecret,
        token_endpoint_auth_method: 'client_secret_post',
        grant_types: ['password', 'refresh_token'],
        response_types: [],
        redirect_uris: [],
      },
    ],
    scopes: ALL_SCOPES,
    routes: { token: '/connect/token' },
    rotateRefreshToken: true,
    ttl: { AccessToken: accessTokenLifetimeS, RefreshToken: 86_400, Grant: 86_400, IdToken: 3_600 },
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
  });

  // RFC 6749, section 4.3, which oidc-provider leaves to those who need it.
  provider.registerGrantType<{ username?: string; password?: string }>(
    'password',
    async (ctx) => {
      const { client, params } = ctx.oidc;
      if (params.username !== CREDENTIALS.username || params.password !== accountPassword) {
        throw new errors.InvalidGrant('invalid_username_or_password');
      }
      const granted = (params.scope ?? '').split(' ').filter((scope) => scopes.includes(scope));
      const scope = granted.join(' ');
      const grant = new provider.Grant({ accountId: params.username, clientId: client.clientId });
      grant.addOIDCScope(scope);
      const grantId = await grant.save();

      const source = { accountId: params.username, client, grantId, gty: 'password', scope };
      const accessToken = new provider.AccessToken(source);
      ctx.body = {
        access_token: await accessToken.save(),
        token_type: accessToken.tokenType,
        expires_in: accessToken.expiration,
        scope,
        ...(granted.includes('offline_access') && {
          refresh_token: await new provider.RefreshToken(source).save(),
        }),
      };
    },
    ['username', 'password', 'scope'],
  );

  provider.use(async (ctx, next) => {
    await next();
    tokenRequests.push({ form: ctx.oidc.body, status: ctx.status, body: Object(ctx.body) });
  });

  const handle = provider.callback();
  const server = await startServer({
    listener: (request, response) => void handle(request, response),
    host: '127.0.0.1',
    port: 0,
  });
  onTestFinished(() => server.close(0));
  const api = await startWorklistApi(
    async (accessToken) => (await provider.AccessToken.find(accessToken)) !== undefined,
  );

  return {
    url: server.url,
    credentials: CREDENTIALS,
    tokenRequests,
    ...api,
    async revoke(token) {
      const id = String(token);
      const found = (await provider.AccessToken.find(id)) ?? (await provider.RefreshToken.find(id));
      if (found === undefined) throw new Error('The token to revoke is not known.');
      await found.destroy();
    },
    changePassword(password) {
      accountPassword = password;
    },
  };
}

/** Loads and makes it without its warnings, which are about production and about the Node it runs on. */
async function createProvider(configuration: Configuration) {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  try {
    const { default: ProviderClass, errors } = await import('oidc-provider');
    const provider: Provider = new ProviderClass('https://accounts.example.test', configuration);
    return { provider, errors };
  } finally {
    warn.mockRestore();
  }
}
