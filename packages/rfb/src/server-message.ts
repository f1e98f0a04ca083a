import { encodeString } from './peer-text.js';

/** What a server says after the handshake (RFC 6143 §7.6, rfbproto), one rectangle at a time. */
export type ServerMessage =
  /** An update begins; 65535 rectangles means: until a LastRect. */
  | { readonly type: 'framebuffer-update'; readonly rectangles: number }
  /** A rectangle with its data as it came; for pseudo-encodings the four numbers have meanings of their own. */
  | {
      readonly type: 'rectangle';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly encoding: number;
      readonly data: Uint8Array;
    }
  | { readonly type: 'bell' }
  /** Latin-1 bytes. */
  | { readonly type: 'server-cut-text'; readonly text: Uint8Array }
  | { readonly type: 'end-of-continuous-updates' }
  | { readonly type: 'server-fence'; readonly flags: number; readonly payload: Uint8Array };

/** Message type numbers on the wire. */
export const ServerMessageType = {
  framebufferUpdate: 0,
  bell: 2,
  serverCutText: 3,
  endOfContinuousUpdates: 150,
  serverFence: 248,
} as const;

/** Flags of a fence (rfbproto, "ClientFence"); `request` asks the peer to send it back without that flag. */
export const FenceFlag = { blockBefore: 1, blockAfter: 2, syncNext: 4, request: 0x80000000 } as const;

export function encodeBell(): Uint8Array {
  return Uint8Array.of(ServerMessageType.bell);
}

/** @param text Latin-1 bytes */
export function encodeServerCutText(text: Uint8Array): Uint8Array {
  return Uint8Array.of(ServerMessageType.serverCutText, 0, 0, 0, ...encodeString(text));
}

export function encodeEndOfContinuousUpdates(): Uint8Array {
  return Uint8Array.of(ServerMessageType.endOfContinuousUpdates);
}

/** @param payload at most 64 bytes */
export function encodeServerFence(flags: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(9 + payload.length);
  bytes[0] = ServerMessageType.serverFence;
  new DataView(bytes.buffer).setUint32(4, flags >>> 0);
  bytes[8] = payload.length;
  bytes.set(payload, 9);
  return bytes;
}
