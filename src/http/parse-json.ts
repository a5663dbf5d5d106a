/** A JSON string, or a JSON number as a whole. In valid JSON, whatever stands between them holds no digit. */
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** Fewer digits than this always fit a double exactly. */
const MAY_BE_UNSAFE = /\d{16}/;

/**
 * Parses JSON text as `JSON.parse` does, except that an integer which a double cannot hold exactly (beyond
 * 2^53 - 1) becomes the string of its digits. Throws a `SyntaxError` on anything that is not JSON.
 */
export function parseJson(text: string): unknown {
  const parsed: unknown = JSON.parse(text);
  if (!MAY_BE_UNSAFE.test(text)) return parsed;
  return JSON.parse(
    text.replace(STRING_OR_NUMBER, (token) => (isUnsafeInteger(token) ? `"${token}"` : token)),
  );
}

function isUnsafeInteger(token: string): boolean {
  return /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token));
}
