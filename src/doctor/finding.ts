/** What one step of an examination found. */
export interface Finding {
  /** `note`: a query works all the same. */
  readonly verdict: 'ok' | 'note' | 'failed';
  /** What was looked at, in a word or two. */
  readonly step: string;
  readonly text: string;
  /** What to do about it, and what belongs to it; a line each. */
  readonly details?: readonly string[];
}

const MARKS = { ok: 'ok    ', note: 'note  ', failed: 'FAILED' };

/** A finding as lines for people. */
export function formatFinding({ verdict, step, text, details = [] }: Finding): string {
  return [`${MARKS[verdict]} ${step}: ${text}`, ...details.map((line) => `       ${line}`)].join('\n');
}
