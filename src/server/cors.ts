import type { CORSOptions } from 'graphql-yoga';

const LOOPBACK_ORIGIN = /^https?:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/;

/** Lets pages of this machine's own development servers read answers, without their cookies. */
export function loopbackCors(request: Request): CORSOptions {
  const origin = request.headers.get('origin');
  return origin !== null && LOOPBACK_ORIGIN.test(origin)
    ? { origin: [origin], methods: ['GET', 'POST'], credentials: false }
    : false;
}
