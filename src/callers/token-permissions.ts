import type { JWTPayload } from 'jose';
import { isPermission, type Permission, type PermissionMap } from '../permissions.ts';

/**
 * What a token's claim permits: a string holds words between spaces (RFC 8693, section 4.2), a list one in each place.
 * `claim` is a claim's name, dots and all, or the way to one within others, such as `realm_access.roles`. Without
 * `map`, the words are permissions; words that mean nothing here are left out.
 */
export function permissionsOf(
  payload: JWTPayload,
  { claim, map }: { readonly claim: string; readonly map: PermissionMap | undefined },
): ReadonlySet<Permission> {
  const value = ownValue(payload, claim) ?? claim.split('.').reduce(ownValue, payload as unknown);
  const words: readonly unknown[] = typeof value === 'string' ? value.split(' ') : listed(value);
  return new Set(words.filter((word) => typeof word === 'string').flatMap((word) => meaningOf(word, map)));
}

function meaningOf(word: string, map: PermissionMap | undefined): readonly Permission[] {
  if (map !== undefined) return map.get(word) ?? [];
  return isPermission(word) ? [word] : [];
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function ownValue(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}
