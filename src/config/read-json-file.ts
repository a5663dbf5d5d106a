import { readTextFile, type ReadFile } from './read-text-file.ts';

/** What a file of JSON holds, or the rule that its setting breaks: never a word of the file. */
export function readJsonFile(
  path: string,
  readFile: ReadFile,
): { readonly json: unknown } | { readonly rule: string } {
  const file = readTextFile(path, readFile);
  if ('rule' in file) return file;
  try {
    return { json: JSON.parse(file.text) };
  } catch {
    return { rule: `must name a file that holds JSON${placeOfFault(file.text)}` };
  }
}

function placeOfFault(text: string): string {
  try {
    const before = text.slice(0, faultIn(text)).split('\n');
    return `: line ${before.length}, column ${(before.at(-1) ?? '').length + 1} breaks it`;
  } catch {
    // Nested deeper than anybody writes by hand.
    return '';
  }
}

const SPACE = /[ \t\r\n]*/y;
const STRING = /"(?:[^"\\\r\n\t]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)/y;

/**
 * Where a text that is no JSON (RFC 8259) stops being the beginning of some: the index of that token. Node's own
 * message gives it in some cases only, and quotes the text.
 */
function faultIn(text: string): number {
  let at = 0;

  /** Goes behind the token that stands here, if it does. */
  function take(token: RegExp | string): boolean {
    SPACE.lastIndex = at;
    at += SPACE.exec(text)?.[0].length ?? 0;
    if (typeof token === 'string') {
      if (!text.startsWith(token, at)) return false;
      at += token.length;
      return true;
    }
    token.lastIndex = at;
    const found = token.exec(text)?.[0];
    at += found?.length ?? 0;
    return found !== undefined;
  }

  function takeValue(): boolean {
    if (take('{')) return takeRest('}', () => take(STRING) && take(':') && takeValue());
    if (take('[')) return takeRest(']', takeValue);
    return take(STRING) || take(SCALAR);
  }

  function takeRest(end: string, takeEntry: () => boolean): boolean {
    if (take(end)) return true;
    for (;;) {
      if (!takeEntry()) return false;
      if (take(end)) return true;
      if (!take(',')) return false;
    }
  }

  if (takeValue()) take('');
  return at;
}
