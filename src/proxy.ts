import type { Secret } from './secret.ts';

/** The proxies between the gateway and what it asks. Their URLs may hold credentials. */
export interface ProxySettings {
  /** For `https:` addresses. */
  readonly https: Secret | undefined;
  /** For `http:` addresses. */
  readonly http: Secret | undefined;
  /** Who is reached directly, as `NO_PROXY` lists it. */
  readonly except: string;
}
