/** A JSON string, or a JSON number as a whole. In valid JSON, whatever stands between them holds no digit. */
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** Fewer digits than this always fit a double exactly, and smaller exponents always fit it at all. */
const MAY_BE_UNSAFE = /\d{16}|[eE]\+?\d{3}/;

/**
 * Parses JSON text as `JSON.parse` does, except that a number which a double cannot hold becomes the string of its
 * digits: an integer beyond 2^53 - 1, and what would be infinite. Throws a `SyntaxError` on anything that is not JSON.
 */
export function parseJson(text: string): unknown {
  const parsed: unknown = JSON.parse(text);
  if (!MAY_BE_UNSAFE.test(text)) return parsed;
  return JSON.parse(text.replace(STRING_OR_NUMBER, (token) => (isUnsafe(token) ? `"${token}"` : token)));
}

function isUnsafe(token: string): boolean {
  if (token.startsWith('"')) return false;
  const value = Number(token);
  return /^-?\d+$/.test(token) ? !Number.isSafeInteger(value) : !Number.isFinite(value);
}
