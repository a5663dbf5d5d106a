import { z } from 'zod';
import type { ProxySettings } from '../proxy.ts';
import { Secret } from '../secret.ts';
import type { Environment } from './read-environment.ts';

/** A proxy's address, as curl takes it: `http` where it has no scheme. Secret, since it may hold credentials. */
export const proxyUrl = z.string().transform((text, context) => {
  const address = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (
    url === undefined ||
    !isHttp ||
    url.port === '0' ||
    !isDecodable(url.username) ||
    !isDecodable(url.password)
  ) {
    context.addIssue({
      code: 'custom',
      message: 'must be the http or https URL of a proxy, with credentials percent-encoded, if any',
    });
    return z.NEVER;
  }
  return new Secret(url.href);
});

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

const NAMES = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'];

/** Names of proxies are written in either case; the lower one wins, as with curl. */
export function withProxyNames(env: Environment): Environment {
  const found = NAMES.flatMap((name) => {
    const value = env[name.toLowerCase()];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...env, ...Object.fromEntries(found) };
}

/** `undefined` where no proxy is set. */
export function proxiesOf(settings: {
  readonly HTTPS_PROXY?: Secret | undefined;
  readonly HTTP_PROXY?: Secret | undefined;
  readonly NO_PROXY?: string | undefined;
}): ProxySettings | undefined {
  const { HTTPS_PROXY: https, HTTP_PROXY: http, NO_PROXY: except = '' } = settings;
  return https === undefined && http === undefined ? undefined : { https, http, except };
}
