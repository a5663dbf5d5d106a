/** One setting that cannot be used: which, and the rule it breaks. Never its value, which may be a secret. */
export interface ConfigProblem {
  readonly variable: string;
  readonly rule: string;
}

/**
 * Everything that is wrong with the settings, at once; then what looks like a mistake, and may be the cause, though it
 * alone would not stop the gateway.
 */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[], warnings: readonly string[] = []) {
    const lines = [
      'These settings are wrong:',
      ...problems.map(({ variable, rule }) => `${variable} ${rule}`),
    ];
    if (warnings.length > 0)
      lines.push('These look like mistakes, though they alone stop nothing:', ...warnings);
    super(lines.join('\n'));
    this.problems = problems;
  }
}
