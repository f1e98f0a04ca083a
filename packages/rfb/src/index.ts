export { RfbClientHandshake, type RfbClientHandshakeOptions } from './client-handshake.js';
export { type Area, type ClientMessage, ClientMessageType, encodeClientMessage } from './client-message.js';
export { ClientMessageParser, type ClientMessageParserOptions } from './client-message-parser.js';
export { type DesktopScreen, encodeScreens, readScreens } from './desktop-screen.js';
export { Encoding } from './encoding.js';
export {
  announcementRectangle,
  COUNTED_BY_LAST_RECT,
  type Cursor,
  cursorRectangle,
  DesktopSizeReason,
  DesktopSizeStatus,
  desktopNameRectangle,
  desktopSizeRectangle,
  encodeFramebufferUpdate,
  extendedDesktopSizeRectangle,
  lastRectangle,
  rawRectangle,
  tightRectangle,
} from './framebuffer-update.js';
export type { HandshakePhase } from './handshake-conversation.js';
export { HANDSHAKE_LIMIT, type HandshakeStep } from './handshake-step.js';
export { InputBuffer } from './input-buffer.js';
export { MAX_REASON_BYTES } from './peer-text.js';
export { BGRX, decodePixels, encodePixels, PIXEL_FORMAT_LENGTH, type PixelFormat } from './pixel-format.js';
export { type ProtocolVersion, VERSION_LENGTH } from './protocol-version.js';
export { RfbError, type RfbErrorCode, type RfbErrorDetails } from './rfb-error.js';
export { type Security, SecurityType } from './security-type.js';
export {
  RfbServerHandshake,
  type RfbServerHandshakeOptions,
  type RfbServerSecurity,
} from './server-handshake.js';
export { encodeServerInit, MAX_NAME_BYTES, readServerInit, type ServerInit } from './server-init.js';
export {
  encodeBell,
  encodeEndOfContinuousUpdates,
  encodeServerCutText,
  encodeServerFence,
  FenceFlag,
  type ServerMessage,
  ServerMessageType,
} from './server-message.js';
export { ServerMessageParser, type ServerMessageParserOptions } from './server-message-parser.js';
export { type Deflate, TIGHT_MAX_WIDTH } from './tight.js';
export { VencryptSubtype } from './vencrypt.js';
export { CHALLENGE_LENGTH, isVncAuthResponse, vncAuthResponse } from './vnc-auth.js';
