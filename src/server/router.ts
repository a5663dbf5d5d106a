import type { RequestListener, ServerResponse } from 'node:http';
import { LANDING_PAGE } from './landing-page.ts';
import type { Readiness, ReadinessState } from './readiness.ts';
import type { CommonHeaders } from './response-headers.ts';

export const GRAPHQL_PATH = '/graphql';

/**
 * Sends each request to what its path names, exactly: `/graphql`, `/livez` (the process runs), `/readyz` (it
 * should be sent requests; else 503 with the reason's code), `/` (what is where). Anything else is 404.
 */
export function createRouter(
  graphql: RequestListener,
  { readiness, common }: { readonly readiness: Readiness; readonly common: CommonHeaders },
): RequestListener {
  return (request, response) => {
    const { url = '', method } = request;
    const [path = ''] = url.split('?');
    if (path === GRAPHQL_PATH) return graphql(request, response);
    common.set(request, response);
    switch (path) {
      case '/':
        return sendLandingPage(response, method);
      case '/livez':
        return end(response, 200, { live: true });
      case '/readyz':
        return sendReadiness(response, readiness.state());
      default:
        return end(response, 404);
    }
  };
}

function sendLandingPage(response: ServerResponse, method: string | undefined): void {
  if (method !== 'GET' && method !== 'HEAD') return end(response, 404);
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(LANDING_PAGE);
}

function sendReadiness(response: ServerResponse, state: ReadinessState): void {
  end(response, state.ready ? 200 : 503, state);
}

function end(response: ServerResponse, status: number, body?: object): void {
  if (body === undefined) return void response.writeHead(status).end();
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
