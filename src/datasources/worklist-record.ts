/** One record of the worklist. A field is null where the upstream does not say it in a way that is certain. */
export interface WorklistRecord {
  readonly id: string;
  readonly title: string | null;
  /** As sent: the upstream documents no closed set. */
  readonly status: string | null;
  /** Percent. */
  readonly progress: number | null;
  readonly language: string | null;
  readonly durationMs: number | null;
  readonly createdAt: Date | null;
  readonly updatedAt: Date | null;
  /** The record as sent. */
  readonly fields: Readonly<Record<string, unknown>>;
}
