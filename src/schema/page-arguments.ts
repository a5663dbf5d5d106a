import { GatewayError } from '../errors.ts';
import type { PageWindow } from '../datasources/page-window.ts';

/** Records in a page that names no `limit`. */
export const DEFAULT_LIMIT = 20;

/** GraphQL's `Int` ends there. */
const MAX_OFFSET = 2 ** 31 - 1;

/** What each argument of a page may be, in words, by its name. */
export function pageArgumentRules(maxPageSize: number): Readonly<Record<keyof PageWindow, string>> {
  return {
    offset: `offset takes a whole number from 0 to ${MAX_OFFSET}.`,
    limit: `limit takes a whole number from 0 to ${maxPageSize}.`,
  };
}

/** The window that the arguments name. Throws `BAD_USER_INPUT` with the range where one is outside of it. */
export function pageWindow({ offset, limit }: PageWindow, maxPageSize: number): PageWindow {
  const rules = pageArgumentRules(maxPageSize);
  if (offset < 0) throw new GatewayError('BAD_USER_INPUT', `${rules.offset} It was ${offset}.`);
  if (limit < 0 || limit > maxPageSize) {
    throw new GatewayError('BAD_USER_INPUT', `${rules.limit} It was ${limit}.`);
  }
  return { offset, limit };
}
