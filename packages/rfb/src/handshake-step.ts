import type { Security } from './security-type.js';

/** What the owner of the socket does next, in this order. */
export type HandshakeStep =
  /** Write these bytes. */
  | { readonly kind: 'send'; readonly bytes: Uint8Array }
  /**
   * Write what came before, upgrade the socket to TLS, verify the certificate (client side), then call
   * `tlsEstablished()`. Bytes from the plain socket must not be passed on any more.
   */
  | { readonly kind: 'start-tls' }
  /** The security phase is over; the next message is ClientInit. `rest` are bytes that arrived after it. */
  | { readonly kind: 'done'; readonly security: Security; readonly rest: Uint8Array };

/** Most bytes held during a handshake: a peer that sends more before its turn is cut off. */
export const HANDSHAKE_LIMIT = 64 * 1024;
