import { digestOf } from '../../src/api-key.ts';
import type { CallersConfig } from '../../src/config/parse-access.ts';
import { PERMISSIONS, type Permission } from '../../src/permissions.ts';

/** Of a caller that may read everything but the token itself. */
export const READER_KEY = 'key-of-the-reader';
/** Of a caller that may do everything. */
export const OPERATOR_KEY = 'key-of-the-operator';
/** Of a caller that may read the worklist only. */
export const LISTER_KEY = 'key-of-the-lister';
/** Of a caller that may read what is said of the token only. */
export const WATCHER_KEY = 'key-of-the-watcher';
/** Of a caller that may do nothing. */
export const POWERLESS_KEY = 'key-of-the-powerless';

/** All of these callers, each under its own name. */
export const API_KEYS: CallersConfig = {
  kind: 'api-key',
  keys: [
    apiKey('reader', READER_KEY, ['worklist:read', 'token:read']),
    apiKey('operator', OPERATOR_KEY, PERMISSIONS),
    apiKey('lister', LISTER_KEY, ['worklist:read']),
    apiKey('watcher', WATCHER_KEY, ['token:read']),
    apiKey('powerless', POWERLESS_KEY, []),
  ],
};

function apiKey(name: string, key: string, permissions: readonly Permission[]) {
  return { name, sha256: digestOf(key), permissions: new Set(permissions) };
}
