export { RfbClientHandshake, type RfbClientHandshakeOptions } from './client-handshake.js';
export type { HandshakePhase } from './handshake-conversation.js';
export { HANDSHAKE_LIMIT, type HandshakeStep } from './handshake-step.js';
export { type ProtocolVersion, VERSION_LENGTH } from './protocol-version.js';
export { MAX_REASON_BYTES } from './reason-text.js';
export { RfbError, type RfbErrorCode, type RfbErrorDetails } from './rfb-error.js';
export { type Security, SecurityType } from './security-type.js';
export {
  RfbServerHandshake,
  type RfbServerHandshakeOptions,
  type RfbServerSecurity,
} from './server-handshake.js';
export { VencryptSubtype } from './vencrypt.js';
export { CHALLENGE_LENGTH, isVncAuthResponse, vncAuthResponse } from './vnc-auth.js';
