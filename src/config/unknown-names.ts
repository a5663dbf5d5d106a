/** How the names of settings begin: another name that does is probably meant for the gateway. */
const BEGINNINGS = ['GOSPEECH', 'GATEWAY', 'CACHE', 'SHUTDOWN'];

/** Those that begin like other programs' may be meant where a letter or two is wrong. */
const OTHERS = ['LOG_LEVEL', 'LOG_FORMAT', 'KEEP_ALIVE_MS'];

/** A name that is no setting, though it looks like one. */
export interface UnknownName {
  readonly name: string;
  /** The setting whose name is nearest to it. */
  readonly nearest: string;
}

/** How many letters may be wrong in a name whose beginning is wrong too. */
const MAX_TYPOS = 2;

/**
 * Those of `names` that are no settings, and begin like one or differ from one in a letter or two. Case and
 * separators do not count.
 */
export function unknownNames(names: readonly string[], settings: readonly string[]): readonly UnknownName[] {
  const ours = settings
    .map((setting) => ({ setting, letters: lettersOf(setting) }))
    .filter(
      ({ setting, letters }) =>
        OTHERS.includes(setting) || BEGINNINGS.some((beginning) => letters.startsWith(beginning)),
    );
  return names.flatMap((name) => {
    if (settings.includes(name)) return [];
    const letters = lettersOf(name);
    const beginsLikeOurs = BEGINNINGS.some((beginning) => letters.startsWith(beginning));
    const candidates = ours
      .filter((each) => beginsLikeOurs || Math.abs(each.letters.length - letters.length) <= MAX_TYPOS)
      .map((each) => ({
        nearest: each.setting,
        typos: typosBetween(each.letters, letters),
        alike: lettersAlike(each.letters, letters),
      }))
      .toSorted((a, b) => a.typos - b.typos || b.alike - a.alike);
    const [best] = candidates;
    if (best === undefined || (!beginsLikeOurs && best.typos > MAX_TYPOS)) return [];
    return [{ name, nearest: best.nearest }];
  });
}

const MAX_LETTERS = 64;

function lettersOf(name: string): string {
  return name
    .slice(0, MAX_LETTERS)
    .toUpperCase()
    .replaceAll(/[^A-Z\d]/g, '');
}

/** How many letters both begin with. */
function lettersAlike(a: string, b: string): number {
  const firstOther = Array.from(a).findIndex((letter, index) => letter !== b[index]);
  return firstOther < 0 ? a.length : firstOther;
}

/** The fewest letters to put in, leave out or replace to make one of the other (Levenshtein's distance). */
function typosBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [above, letter] of Array.from(a).entries()) {
    const next = [above + 1];
    for (const [left, other] of Array.from(b).entries()) {
      const replaced = (row[left] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[left + 1] ?? 0) + 1, (next[left] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
