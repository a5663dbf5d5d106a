/** One response of the upstream's worklist. */
export interface WireResponse {
  /** Decoded JSON, in which integers beyond 2^53 are strings of their digits. */
  readonly body: unknown;
  /** By lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}
