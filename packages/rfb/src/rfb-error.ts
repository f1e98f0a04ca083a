/** What can be wrong with the bytes of an RFB peer. */
export type RfbErrorCode =
  | 'not-rfb'
  | 'unsupported-version'
  | 'no-common-security'
  | 'password-required'
  | 'authentication-failed'
  | 'security-refused'
  | 'vencrypt-refused'
  | 'too-long'
  | 'malformed'
  | 'closed';

/** Details of an {@link RfbError}. */
export interface RfbErrorDetails {
  /** The peer's own words, made harmless. */
  readonly reason?: string;
  /** Bytes that tell the peer why, to be sent before the connection is closed. */
  readonly farewell?: Uint8Array;
}

/**
 * A peer broke the protocol or refused us. `message` is ours and safe to log;
 * the peer's words are kept apart in `reason`: they are hostile input.
 */
export class RfbError extends Error {
  override readonly name = 'RfbError';
  readonly code: RfbErrorCode;
  /** The peer's words: at most 256 bytes, no control characters. */
  readonly reason: string | undefined;
  /** Bytes to send before closing, where the protocol has room for them. */
  readonly farewell: Uint8Array | undefined;

  constructor(code: RfbErrorCode, message: string, details: RfbErrorDetails = {}) {
    super(message);
    this.code = code;
    this.reason = details.reason;
    this.farewell = details.farewell;
  }
}
