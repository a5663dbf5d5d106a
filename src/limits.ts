const KIB = 1_024;
const MIB = 1_024 * KIB;

/*
 * Every bound that no setting sets: of what clients may send, of what is read from elsewhere, and of what is remembered.
 * SECURITY.md and ARCHITECTURE.md name these numbers, and a test compares them. Thresholds by which something is decided
 * (retry, breaker, back-off) stand where that is.
 */

/** Of a client's connection and request. */
export const REQUEST_LIMITS = {
  maxBodyBytes: 100_000,
  /** A refused request's body of at most this is read to its end and thrown away, so that its connection can be kept. */
  maxUnreadBytes: 16 * KIB,
  /** How long a client may take to send a head, all of a request, and how long it may take none of a response. */
  headTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  stallTimeoutMs: 30_000,
  /** What all requests in flight may have sent: as JSON it takes some twenty times as much once it is parsed. */
  maxInFlightBytes: 8 * MIB,
  /** Readers of the playground at once. */
  maxPageReaders: 20,
} as const;

/** Of one operation. Tokens and same fields are of the whole document, which is parsed whatever runs. */
export const OPERATION_LIMITS = {
  maxTokens: 1_000,
  maxSameFields: 50,
  maxDepth: 20,
  maxRootFields: 20,
  maxAliases: 30,
  maxDirectives: 20,
  maxPages: 10,
  /** Fields in the result, however small the largest page is … */
  maxCost: 20_000,
  /** … or those of each record of the largest page: all that the schema knows, and some more. */
  maxCostPerRecord: 20,
  /** Errors that are looked for: each may cost a search for what was meant. */
  maxErrors: 10,
  /** Calls to the upstream. */
  maxCalls: 40,
  /** Windows of the largest size in which the record behind which one reads on is looked for, besides where it stood. */
  maxCursorLooks: 6,
  /** Of what a client named, this much is told to the log. */
  maxNameLength: 64,
  maxPathLength: 120,
} as const;

/** Of subscriptions; how many there may be, settings say. */
export const STREAM_LIMITS = {
  /** So often each stream says that it is alive: before proxies take it for dead, commonly after 30 or 60 s. */
  heartbeatMs: 12_000,
  /** What a subscription sends is kept for as long as it lasts, and takes some twenty times as much once it is parsed. */
  maxRequestLength: 4_096,
} as const;

/** Of what others send. */
export const UPSTREAM_LIMITS = {
  /** Far above any page, far below what would hurt. */
  maxBodyBytes: 8 * MIB,
  /** More than any honest response has; each takes memory of its own. */
  maxCodings: 4,
  /** The begin of an interim response. */
  maxInterimBytes: 16 * KIB,
  /** Requests that wait for each connection: about as many as it can serve before their deadline. */
  maxWaitingPerConnection: 16,
  /** Far above any set of keys, and any time in which one comes. */
  maxKeySetBytes: MIB,
  issuerTimeoutMs: 5_000,
} as const;

/** Of what is remembered; pages have a setting. */
export const MEMORY_LIMITS = {
  /** Bodies that are asked for again only if they have changed: some hundred of the usual size. */
  maxValidationBytes: 16 * MIB,
  /** Complete responses, ready to be sent. */
  maxResponseBytes: 8 * MIB,
  maxParsedDocumentBytes: 32 * MIB,
  maxPersistedDocumentBytes: 16 * MIB,
  /** Each takes some 60 kB. */
  maxCompiledOperations: 200,
  /** Callers whose rate is counted, and what their names may take. */
  maxCallers: 10_000,
  maxCallerBytes: 4 * MIB,
  /** Resources that refused a token. */
  maxRefusingResources: 1_000,
  maxIncidents: 100,
  maxUnreadLogBytes: MIB,
} as const;
