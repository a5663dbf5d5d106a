import type { ConfigProblem } from './config-error.ts';

/** A line, or a quoted value's lines: a comment, `NAME=value`, or nothing. */
const ENTRY =
  /[ \t]*(?:#.*|(?:export[ \t]+)?([\w.-]+)[ \t]*=([ \t]*)(?:(["'`])((?:(?!\3)[^])*)\3[ \t]*(?:#.*)?|([^\s"'`].*)?))?[ \t]*(?:\n|$)/y;

/**
 * Reads the text of a `.env` file as a shell would: a `#` begins a comment only at the start of a line or behind a
 * blank, so that it may stand inside a value. Quotes (`"`, `'`, a backtick) keep a value as it is, over several lines
 * too; in `"` a `\n` is a line break. What would lose a part of a value is a problem: text behind a closing quote, a quote
 * without its end, and, for `secrets`, a comment behind an unquoted value.
 */
export function parseDotEnv(
  text: string,
  secrets: readonly string[],
): { readonly env: Readonly<Record<string, string>>; readonly problems: readonly ConfigProblem[] } {
  const lines = text.replaceAll(/\r\n?/g, '\n');
  const env: Record<string, string> = {};
  const problems: ConfigProblem[] = [];

  for (let at = 0; at < lines.length;) {
    ENTRY.lastIndex = at;
    const [entry, name, blanks = '', quote, quoted = '', bare = ''] = ENTRY.exec(lines) ?? [];
    if (entry === undefined) {
      problems.push(brokenLine(lines, at));
      at = endOfLine(lines, at);
      continue;
    }
    at += entry.length;
    if (name === undefined) continue;
    if (quote === undefined) {
      const written = blanks + bare;
      const value = written.replace(/[ \t]#.*/, '');
      if (value !== written && secrets.includes(name)) problems.push({ variable: name, rule: COMMENT_RULE });
      env[name] = value.trim();
    } else {
      env[name] = quote === '"' ? quoted.replaceAll(String.raw`\n`, '\n') : quoted;
    }
  }
  return { env, problems };
}

const COMMENT_RULE =
  'must be in quotes in .env where a # stands behind a blank; a comment belongs on a line of its own';

function brokenLine(lines: string, at: number): ConfigProblem {
  const line = lines.slice(at, endOfLine(lines, at));
  const [, name] = /^\s*(?:export\s+)?([\w.-]+)\s*=/.exec(line) ?? [];
  const number = lines.slice(0, at).split('\n').length;
  return name === undefined
    ? { variable: '.env', rule: `must hold NAME=value, or a comment, in line ${number}` }
    : {
        variable: name,
        rule: 'must be as a whole in quotes in .env, of a kind that does not stand inside it, or in none',
      };
}

/** Behind the line break that ends the line at `at`. */
function endOfLine(lines: string, at: number): number {
  const end = lines.indexOf('\n', at);
  return end < 0 ? lines.length : end + 1;
}
