/** Gives a file's bytes, or throws an error of Node. */
export type ReadFile = (path: string) => Uint8Array;

/** A file's text, or the rule that its setting breaks. */
export type TextFile =
  | { readonly text: string }
  | { readonly rule: string; /** Whether there is no such file. */ readonly isMissing: boolean };

/** The one way in which a file of the operator's is read. */
export function readTextFile(path: string, readFile: ReadFile): TextFile {
  let bytes: Uint8Array;
  try {
    bytes = readFile(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    return { rule: `must name a file that can be read${code}`, isMissing: code === ' (ENOENT)' };
  }
  try {
    return { text: decodeText(bytes) };
  } catch {
    return {
      rule: 'must name a file of text, in UTF-8, or in UTF-16 with a byte order mark',
      isMissing: false,
    };
  }
}

/**
 * The text of these bytes without its byte order mark: UTF-16 where such a mark says so, as some editors and
 * shells of Windows write it, else UTF-8. Throws a `TypeError` where it is neither, rather than change a secret.
 */
export function decodeText(bytes: Uint8Array): string {
  const encoding = ENCODINGS.find(({ mark }) => mark.every((byte, index) => bytes[index] === byte));
  const text = new TextDecoder(encoding?.name ?? 'utf-8', { fatal: true }).decode(bytes);
  if (text.includes('\0')) throw new TypeError('Text holds no NUL.');
  return text;
}

const ENCODINGS = [
  { mark: [0xff, 0xfe], name: 'utf-16le' },
  { mark: [0xfe, 0xff], name: 'utf-16be' },
];
