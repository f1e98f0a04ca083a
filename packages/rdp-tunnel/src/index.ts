export { BitmapWidener } from './bitmap-widener.js';
export { type CredSspAccount, CredSspClient, type CredSspStep } from './credssp.js';
export { RdpTunnelError, type RdpTunnelErrorCode, type RdpTunnelErrorDetails } from './errors.js';
export { FrameBuffer } from './frame-buffer.js';
export { McsConnectInitialRewriter } from './mcs-connect-initial.js';
export {
  type EstablishedTls,
  RdpNegotiation,
  type RdpNegotiationOptions,
  type RdpNegotiationStep,
} from './negotiation.js';
export {
  encodePreconnectionBlob,
  type PreconnectionBlob,
  parsePreconnectionBlob,
  parseVmConnectText,
  preconnectionBlobLength,
  type VmConnectTarget,
  vmConnectText,
} from './preconnection-blob.js';
export {
  encodeRdCleanPathAnswer,
  encodeRdCleanPathRequest,
  maximumRdCleanPathRequestLength,
  parseRdCleanPathAnswer,
  parseRdCleanPathRequest,
  type RdCleanPathAnswer,
  type RdCleanPathRequest,
  rdCleanPathRequestLength,
} from './rdcleanpath.js';
export { subjectPublicKeyOf } from './subject-public-key.js';
export {
  type ConnectionConfirm,
  type ConnectionRequest,
  connectionPduLength,
  encodeConnectionConfirm,
  encodeConnectionRequest,
  NegotiationFailure,
  parseConnectionConfirm,
  parseConnectionRequest,
  SecurityProtocol,
} from './x224.js';
