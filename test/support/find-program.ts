import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The first of these paths that has a program which this user may run. Throws, with how to install it, where none has. */
export function findProgram(name: string, paths: readonly string[], howToInstall: string): string {
  const found = paths.find(isExecutable);
  if (found !== undefined) return found;
  throw new Error(`There is no ${name} that this user may run. ${howToInstall}`);
}

/** Where a program of Debian may be: some are in a folder that is on root's PATH only. */
export function usualPaths(name: string): readonly string[] {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'];
  return folders.map((folder) => join(folder, name));
}

/** Whether this user may run it. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
