/** Why a TLS connection did not come about. */
export interface TlsFailure {
  /** Completes "could not be reached: …"; for clients. */
  readonly what: string;
  /** What the operator can do; `settings` are those that name the address. */
  readonly advice: (settings: string) => string;
}

const NOT_TRUSTED: TlsFailure = {
  what: 'its certificate is not trusted',
  advice: (settings) =>
    'The certificate is signed by nobody this machine trusts. Where a proxy of yours opens TLS, or the authority is ' +
    `your own, name its certificate in NODE_EXTRA_CA_CERTS; else check ${settings}.`,
};

const OUT_OF_DATE: TlsFailure = {
  what: 'its certificate is not valid now',
  advice: () =>
    "The certificate has expired, or does not count yet: check this machine's clock, then tell its owner.",
};

const OTHER_HOST: TlsFailure = {
  what: 'its certificate is for another host',
  advice: (settings) => `The certificate is for another host name: check ${settings}.`,
};

const NO_TLS: TlsFailure = {
  what: 'it does not speak TLS there',
  advice: (settings) =>
    `Something else than TLS is spoken at that address: check scheme and port in ${settings}.`,
};

const NO_AGREEMENT: TlsFailure = {
  what: 'TLS was not agreed on',
  advice: (settings) =>
    `The TLS handshake failed; the cause says how. Check ${settings}, and what stands between: it may ask for another ` +
    'TLS version or a certificate of the client.',
};

/** By the codes of OpenSSL and Node (nodejs.org/api/tls.html#x509-certificate-error-codes). */
const BY_CODE: ReadonlyMap<unknown, TlsFailure> = new Map([
  ['CERT_HAS_EXPIRED', OUT_OF_DATE],
  ['CERT_NOT_YET_VALID', OUT_OF_DATE],
  ['ERR_TLS_CERT_ALTNAME_INVALID', OTHER_HOST],
  ['HOSTNAME_MISMATCH', OTHER_HOST],
  ['ERR_SSL_WRONG_VERSION_NUMBER', NO_TLS],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', NO_TLS],
  ['EPROTO', NO_AGREEMENT],
]);

const UNTRUSTED = /^(?:CERT_|CRL_|UNABLE_TO_|ERROR_IN_C|DEPTH_ZERO_|SELF_SIGNED_|INVALID_|PATH_LENGTH_)/;

/** The failure of TLS that the code of a connection's error stands for; `undefined` where it stands for another. */
export function tlsFailureOf(code: unknown): TlsFailure | undefined {
  const known = BY_CODE.get(code);
  if (known !== undefined || typeof code !== 'string') return known;
  if (UNTRUSTED.test(code)) return NOT_TRUSTED;
  return /^ERR_(?:SSL|TLS)_/.test(code) ? NO_AGREEMENT : undefined;
}
