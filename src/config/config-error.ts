/** One setting that cannot be used: which, and the rule it breaks. Never its value, which may be a secret. */
export interface ConfigProblem {
  readonly variable: string;
  readonly rule: string;
}

/** Everything that is wrong with the settings, at once; then what may be the cause. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[], warnings: readonly string[] = []) {
    super([...problems.map(({ variable, rule }) => `${variable} ${rule}`), ...warnings].join('\n'));
    this.problems = problems;
  }
}
