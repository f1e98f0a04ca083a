/** What went wrong on the way to an RDP session. */
export type RdpTunnelErrorCode =
  /** A message does not follow its protocol, or came where none was due. */
  | 'malformed'
  /** A message is larger than any honest one. */
  | 'too-long'
  /** The host hung up on the preconnection blob: it knows no such VM, or does not show it to anybody. */
  | 'pcb'
  /** The host hung up where the TLS handshake was due. */
  | 'tls'
  /** The server would not use the security that was asked for. */
  | 'negotiation-failed'
  /** The server did not let the account in. */
  | 'credssp-refused'
  /** The server speaks only a CredSSP that a man in the middle can break (CVE-2018-0886). */
  | 'credssp-version'
  /** The server did not prove that the TLS channel is its own: somebody may sit in the middle. */
  | 'public-key-mismatch'
  /** A call out of order, or after a failure. */
  | 'wrong-state'
  /** The caller's own argument does not fit the protocol. */
  | 'invalid-argument';

export interface RdpTunnelErrorDetails {
  /** Why CredSSP was refused, an NTSTATUS, when the server said so. */
  readonly ntStatus?: number;
  /** The server's X.224 answer, when the negotiation failed on it. A viewer can be shown it. */
  readonly x224Confirm?: Uint8Array;
  readonly cause?: unknown;
}

/** The one error of this package. Its message never holds a secret. */
export class RdpTunnelError extends Error {
  override readonly name = 'RdpTunnelError';
  readonly code: RdpTunnelErrorCode;
  readonly ntStatus: number | undefined;
  readonly x224Confirm: Uint8Array | undefined;

  constructor(code: RdpTunnelErrorCode, message: string, details: RdpTunnelErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.ntStatus = details.ntStatus;
    this.x224Confirm = details.x224Confirm;
  }
}
