import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { authenticateAnyone } from './callers/authenticate-anyone.ts';
import { authenticateApiKey } from './callers/authenticate-api-key.ts';
import { authenticateJwt } from './callers/authenticate-jwt.ts';
import type { Authenticate, Caller } from './callers/caller.ts';
import { createRateLimiter } from './callers/rate-limiter.ts';
import type { Clock } from './clock.ts';
import type { AccessConfig, CallersConfig } from './config/parse-access.ts';
import type { ApiConfig } from './config/parse-config.ts';
import type { Report } from './events.ts';
import { createGraphQL } from './graphql/create-graphql.ts';
import { MAX_BODY_BYTES } from './graphql/request-parameters.ts';
import type { Permission } from './permissions.ts';
import type { GatewayContext } from './schema/context.ts';
import { createAdmission } from './server/admission.ts';
import { allowOrigin, answerPreflight, createOriginCheck } from './server/cors.ts';
import { withOverloadGuard } from './server/overload-guard.ts';
import type { Readiness } from './server/readiness.ts';
import { sendRefusal } from './server/refusal.ts';
import { createRequestGuard } from './server/request-guard.ts';
import { createRouter, GRAPHQL_PATH } from './server/router.ts';

export interface ApiOptions {
  readonly access: AccessConfig;
  readonly api: ApiConfig;
  /** The largest `limit` a client may ask for. */
  readonly maxPageSize: number;
  /** Whether the upstream is the sandbox, whose token opens nothing. */
  readonly isSandbox: boolean;
  readonly clock: Clock;
  readonly report: Report;
  readonly readiness: Readiness;
  readonly contextOf: (request: Request, caller: Caller) => GatewayContext;
}

/** GraphQL over HTTP at `/graphql`, with all that a request has to pass on its way, and the health checks. */
export function createApi(options: ApiOptions): RequestListener {
  const { access, api, maxPageSize, isSandbox, clock, report, readiness, contextOf } = options;

  const isAllowedOrigin = createOriginCheck(access.corsOrigins);
  const refusalOf = createRequestGuard({ hosts: access.hosts, isAllowedOrigin, hasPlayground: api.graphiql });
  const admit = createAdmission({
    authenticate: authenticateAs(access.callers, isSandbox),
    limit: createRateLimiter({ clock, ...access.rate }),
  });
  const yoga = createGraphQL({
    path: GRAPHQL_PATH,
    api,
    maxPageSize,
    isPublic: access.callers.kind === 'none',
    report,
    contextOf,
  });

  /** Who may send this request; nobody in particular for the playground, which executes nothing. */
  const admitted = async (request: IncomingMessage) =>
    api.graphiql && asksForPage(request) ? { caller: NOBODY } : admit(request);

  async function graphql(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const unfit = refusalOf(request);
    if (unfit === undefined && request.method === 'OPTIONS') return answerPreflight(request, response);
    const admission = unfit === undefined ? await admitted(request) : { refusal: unfit };
    if ('refusal' in admission) {
      const { refusal } = admission;
      report({ type: 'request.refused', status: refusal.status, error: refusal.error });
      return sendRefusal(refusal, request.headers.accept, response);
    }
    // The guard has read the media type as RFC 9110 writes it; yoga knows it in this spelling only.
    if (request.method === 'POST') request.headers['content-type'] = 'application/json';
    await yoga(request, response, { caller: admission.caller });
  }

  const guarded = withOverloadGuard((request, response) => void graphql(request, response), {
    maxRequests: api.maxRequests,
    maxBodyBytes: MAX_BODY_BYTES,
    report,
  });
  return createRouter((request, response) => {
    allowOrigin(request, response, isAllowedOrigin);
    guarded(request, response);
  }, readiness);
}

const NOBODY: Caller = { name: undefined, permissions: new Set() };

/** As yoga decides it. */
function asksForPage({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.accept?.includes('text/html') === true;
}

function authenticateAs(callers: CallersConfig, isSandbox: boolean): Authenticate {
  if (callers.kind === 'api-key') return authenticateApiKey(callers.keys);
  if (callers.kind === 'jwt') return authenticateJwt(callers);
  const permissions: Permission[] = ['worklist:read', 'token:read'];
  return authenticateAnyone(isSandbox ? [...permissions, 'token:reveal'] : permissions);
}
