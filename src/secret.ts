import { inspect } from 'node:util';

const PRINTED = '[secret]';

/**
 * A password, client secret or token that cannot be printed by accident: `String`, `JSON.stringify` and
 * `util.inspect` all give `[secret]`. Only `reveal` gives the value.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself, for the one place that sends it. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return PRINTED;
  }

  toJSON(): string {
    return PRINTED;
  }

  [inspect.custom](): string {
    return PRINTED;
  }
}
