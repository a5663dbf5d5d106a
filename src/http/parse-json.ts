/** What a string of valid JSON begins, ends or escapes with, or a number as a whole. */
const QUOTE_OR_NUMBER = /\\.|"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** Fewer digits than this always fit a double exactly, and smaller exponents always fit it at all. */
const MAY_BE_UNSAFE = /\d{16}|[eE]\+?\d{3}/;

/**
 * Parses JSON text as `JSON.parse` does, except that a number which a double cannot hold becomes the string of its
 * digits: an integer beyond 2^53 - 1, and what would be infinite. Throws a `SyntaxError` on anything that is not JSON.
 */
export function parseJson(text: string): unknown {
  const parsed: unknown = JSON.parse(text);
  if (!MAY_BE_UNSAFE.test(text)) return parsed;
  let isInString = false;
  const safe = text.replace(QUOTE_OR_NUMBER, (token) => {
    if (token === '"') isInString = !isInString;
    else if (!isInString && isUnsafe(token)) return `"${token}"`;
    return token;
  });
  return JSON.parse(safe);
}

function isUnsafe(number: string): boolean {
  const value = Number(number);
  return /^-?\d+$/.test(number) ? !Number.isSafeInteger(value) : !Number.isFinite(value);
}
