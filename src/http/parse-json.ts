/** What a string of valid JSON begins, ends or escapes with, or a number as a whole. */
const QUOTE_OR_NUMBER = /\\.|"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * Parses JSON text as `JSON.parse` does, except that a number which a double cannot hold becomes the string of its
 * digits: an integer beyond 2^53 - 1, and what would be infinite. Throws a `SyntaxError` on anything that is not JSON.
 */
export function parseJson(text: string): unknown {
  const parsed: unknown = JSON.parse(text);
  if (!holdsUnsafe(parsed)) return parsed;
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

/** Whether a number in what was parsed may be none that was sent. */
function holdsUnsafe(parsed: unknown): boolean {
  // A list of what is still to be looked at, since a body may be nested deeper than a stack.
  const left: unknown[] = [parsed];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value === 'number') {
      if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) return true;
    } else if (typeof value === 'object' && value !== null) {
      for (const inside of Object.values(value)) if (typeof inside !== 'string') left.push(inside);
    }
  }
  return false;
}
