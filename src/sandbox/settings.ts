import type { ShapeName } from './shapes.ts';

/** Something that goes wrong, or merely differs, on the way to an answer. */
export interface Fault {
  readonly on: 'token' | 'worklist';
  /** How many requests it hits; absent: all. */
  readonly times?: number;
  /** The chance, 0 to 1, that it hits a request; absent: 1. The same requests are hit in each run. */
  readonly probability?: number;
  /** Answers with this status, without looking at the request. */
  readonly status?: number;
  /** The body of that answer; absent: a short JSON error. Without a status it means 200. */
  readonly body?: string;
  /** Added to the answer, whichever it is. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Waits this long first. */
  readonly delayMs?: number;
  /** Waits for this first. For those in the same process. */
  readonly until?: Promise<unknown>;
  /** Handles the request, so that a refresh token is used up, and never answers. */
  readonly hang?: boolean;
  /** Handles the request, so that a refresh token is used up, and resets the connection. */
  readonly reset?: boolean;
}

/** How the worklist states its total. `page-length` says `count`, the length of that page, instead. */
export const TOTALS = ['exact', 'none', 'too-high', 'too-low', 'page-length'] as const;

/** How the sandbox behaves. */
export interface SandboxSettings {
  /** How many there are at the start. */
  readonly recordCount: number;
  /** A new recording arrives about this often; 0 is never. */
  readonly arrivalEveryMs: number;
  /** The pause before each answer. */
  readonly latencyMs: number;
  readonly accessTokenLifetimeS: number;
  /** How many requests for a page are answered in a minute, before 429; 0 is any number. */
  readonly maxRequestsPerMinute: number;
  /** How the body of a page is written: see `SHAPES`. */
  readonly shape: ShapeName;
  /** The most records on one page, however large a `limit` is asked for. */
  readonly maxLimit: number;
  readonly total: (typeof TOTALS)[number];
  /** Whether the password grant needs a password. The documented example request has none. */
  readonly requirePassword: boolean;
  /** The first one that hits a request is the only one that does. */
  readonly faults: readonly Fault[];
}

/** About as often as in a busy office. */
export const USUAL_ARRIVAL_MS = 60_000;

/** A healthy upstream that answers at once, and whose list stays as it is. */
export const DEFAULT_SETTINGS: SandboxSettings = {
  recordCount: 240,
  arrivalEveryMs: 0,
  maxRequestsPerMinute: 0,
  shape: 'plain',
  latencyMs: 0,
  accessTokenLifetimeS: 3_600,
  maxLimit: 100,
  total: 'exact',
  requirePassword: true,
  faults: [],
};
