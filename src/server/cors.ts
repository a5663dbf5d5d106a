import type { CORSOptions } from 'graphql-yoga';

const LOOPBACK_ORIGIN = /^https?:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/;

/** Whether pages of an origin may use the gateway: those listed, or those of this machine's own servers. */
export function createOriginCheck(allowed: readonly string[] | 'loopback'): (origin: string) => boolean {
  return (origin) => (allowed === 'loopback' ? LOOPBACK_ORIGIN.test(origin) : allowed.includes(origin));
}

/** Lets pages of allowed origins read answers, without their cookies. */
export function createCors(isAllowedOrigin: (origin: string) => boolean): (request: Request) => CORSOptions {
  return (request) => {
    const origin = request.headers.get('origin');
    return origin !== null && isAllowedOrigin(origin)
      ? {
          origin: [origin],
          methods: ['GET', 'POST'],
          credentials: false,
          exposedHeaders: ['retry-after', 'www-authenticate'],
          maxAge: PREFLIGHT_MAX_AGE_S,
        }
      : false;
  };
}

const PREFLIGHT_MAX_AGE_S = 600;
