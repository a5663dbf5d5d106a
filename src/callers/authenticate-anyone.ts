import type { Permission } from '../permissions.ts';
import type { Authenticate } from './caller.ts';

/** Lets everybody in, without a name, with these permissions. */
export function authenticateAnyone(permissions: readonly Permission[]): Authenticate {
  const caller = { name: undefined, permissions: new Set(permissions) };
  return async () => caller;
}
