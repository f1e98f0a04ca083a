/** What went wrong in an NTLM exchange. */
export type NtlmErrorCode =
  /** The peer's message does not follow MS-NLMP. */
  | 'malformed'
  /** The peer's message is larger than any honest one. */
  | 'too-long'
  /** The peer would not agree to NTLMv2 with 128-bit signed and sealed sessions. */
  | 'weak-security'
  /** The acceptor does not know the account, or the password is wrong. */
  | 'logon-failure'
  /** The message integrity code of the exchange is missing or wrong: somebody changed a message. */
  | 'mic-mismatch'
  /** The client is bound to another TLS channel, or to none. */
  | 'channel-binding-mismatch'
  /** A sealed or signed message was changed, repeated or lost. */
  | 'bad-signature'
  /** A call out of order, or on a wiped session. */
  | 'wrong-state'
  /** The caller's own argument does not fit the protocol. */
  | 'invalid-argument';

/** The one error of this package. Its message never holds a secret. */
export class NtlmError extends Error {
  override readonly name = 'NtlmError';
  readonly code: NtlmErrorCode;

  constructor(code: NtlmErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
