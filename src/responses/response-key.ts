import { PERMISSIONS, type Permission } from '../permissions.ts';

/** All that the bytes of a response depend on, besides the pages that they are made of. */
export interface ResponseKeyParts {
  readonly permissions: ReadonlySet<Permission>;
  readonly mediaType: string;
  readonly coding: string;
  readonly method: string;
  /**
   * What holds document, operation name, variables and extensions: the body of a POST, the target of a GET, as they were
   * sent. Two texts of one operation have a response each.
   */
  readonly text: string;
}

/** The key of a response. Who asks has no part in it, only what they may do. */
export function responseKey({ permissions, mediaType, coding, method, text }: ResponseKeyParts): string {
  const permitted = PERMISSIONS.filter((permission) => permissions.has(permission)).join('+');
  // None of these words has a blank, and the text comes last.
  return `${permitted} ${mediaType} ${coding} ${method} ${text}`;
}
