/** What went wrong before a byte of the request was sent. Its cause is what the network or TLS said. */
export class ConnectError extends Error {
  override readonly name = 'ConnectError';
  /** Who could not be connected to. */
  readonly peer: 'server' | 'proxy';
  /** What the proxy answered instead of opening a tunnel. */
  readonly proxyStatus: number | undefined;

  constructor(
    peer: 'server' | 'proxy',
    options: { readonly cause?: unknown; readonly proxyStatus?: number },
  ) {
    super(`No connection to the ${peer}.`, 'cause' in options ? { cause: options.cause } : undefined);
    this.peer = peer;
    this.proxyStatus = options.proxyStatus;
  }
}
