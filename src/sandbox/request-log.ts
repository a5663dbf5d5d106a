/** One request as the sandbox received it. */
export interface SandboxRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** The fields of a form-encoded body; none for any other body. */
  readonly form: Readonly<Record<string, string>>;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly receivedAtMs: number;
  /** Whether the client went away before the answer was complete. */
  readonly closedByClient: () => boolean;
}

/** What the sandbox has been asked. */
export interface RequestLog {
  readonly add: (request: SandboxRequest) => void;
  /** A copy, oldest first. */
  readonly all: () => readonly SandboxRequest[];
  readonly forget: () => void;
}

/** Keeps a sandbox that runs for days from growing. */
const MAX_REQUESTS = 10_000;

/** Gives an empty log that keeps the newest 10,000 requests. */
export function createRequestLog(): RequestLog {
  let requests: SandboxRequest[] = [];
  return {
    add(request) {
      requests.push(request);
      if (requests.length > MAX_REQUESTS) requests.shift();
    },
    all: () => [...requests],
    forget() {
      requests = [];
    },
  };
}
