export { tlsServerEndPointBindings } from './channel-bindings.js';
export { NtlmClient, type NtlmClientOptions, type NtlmClientResult, type NtlmCredentials } from './client.js';
export { NtlmError, type NtlmErrorCode } from './errors.js';
export { isNtlmMessage } from './message.js';
export { ntHash } from './nt-hash.js';
export { NtlmSession, signatureLength } from './session.js';
export { decodeUtf16le, encodeUtf16le } from './utf16le.js';
