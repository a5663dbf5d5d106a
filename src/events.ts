/** What happened, for whoever watches: the log now, metrics and tests too. No event holds a secret or a body. */
export type GatewayEvent =
  | {
      readonly type: 'token.replaced';
      readonly grant: 'password' | 'refresh_token';
      readonly lifetimeMs: number;
    }
  | { readonly type: 'token.failed'; readonly error: unknown; readonly retryInMs: number }
  /** The API refused a token that was just issued. */
  | { readonly type: 'token.refused'; readonly retryInMs: number }
  /** After that: it accepts the token now. */
  | { readonly type: 'token.accepted' }
  | {
      readonly type: 'upstream.responded';
      readonly route: string;
      readonly status: number;
      readonly durationMs: number;
    }
  | {
      readonly type: 'upstream.failed';
      readonly route: string;
      readonly error: unknown;
      readonly durationMs: number;
    }
  | { readonly type: 'upstream.queued'; readonly waiting: number }
  /** The upstream asked for a pause with `Retry-After`, which all calls keep. */
  | { readonly type: 'upstream.paused'; readonly status: number; readonly retryInMs: number }
  | { readonly type: 'breaker.opened'; readonly openMs: number }
  | { readonly type: 'breaker.closed' }
  | { readonly type: 'revalidation.failed'; readonly error: unknown; readonly retryInMs: number }
  | { readonly type: 'upstream.unexpected_type'; readonly place: string; readonly found: string }
  /** How the first page was understood, by pointers: see `MappingSummary`. */
  | {
      readonly type: 'worklist.understood';
      readonly found: Readonly<Record<string, string>>;
      readonly missing: Readonly<Record<string, readonly string[]>>;
      readonly unread: readonly string[];
    }
  | { readonly type: 'upstream.page_capped'; readonly pageLength: number }
  | { readonly type: 'worklist.moved' }
  /** A request was answered before GraphQL had any part in it. `address`: who sent it, where that was looked at. */
  | {
      readonly type: 'request.refused';
      readonly status: number;
      readonly error: unknown;
      readonly address?: string;
    }
  /** The keys of who issues the callers' tokens could not be fetched; those that are known go on being used. */
  | { readonly type: 'issuer.failed'; readonly error: unknown; readonly retryInMs: number }
  /** A caller was given the access token: who, never what. */
  | { readonly type: 'token.revealed'; readonly caller: string }
  /** None of an operation was executed: its document, or its arguments, may not run here. */
  | ({ readonly type: 'operation.refused'; readonly code: string } & Operation)
  | ({ readonly type: 'operation.failed'; readonly error: unknown } & FieldOfOperation)
  /** A bug: the client saw only the id. */
  | ({
      readonly type: 'operation.crashed';
      readonly errorId: string;
      readonly error: unknown;
    } & FieldOfOperation);

/** Which operation an event is about. Of what a client wrote, it holds only a little, in printable characters. */
export interface Operation {
  /** Its name, where it has one. */
  readonly operation?: string | undefined;
  readonly caller?: string | undefined;
}

export interface FieldOfOperation extends Operation {
  /** The field in the result, such as `worklist.records.3.title`. */
  readonly path?: string | undefined;
}

export type Report = (event: GatewayEvent) => void;

/** Tells all of them, in this order. */
export function reportTo(...reports: readonly Report[]): Report {
  return (event) => {
    for (const report of reports) report(event);
  };
}
