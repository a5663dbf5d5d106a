/** What a caller may do. `worklist:read` and `token:read` open those fields, `token:reveal` the token itself. */
export const PERMISSIONS = ['worklist:read', 'token:read', 'token:reveal'] as const;

export type Permission = (typeof PERMISSIONS)[number];

export function isPermission(text: string): text is Permission {
  return PERMISSIONS.some((permission) => permission === text);
}
