import { MAX_CLOSE_REASON_BYTES } from './close-code.js';
import { Opcode } from './frame-header.js';

const FIN = 0x80;
const NO_PAYLOAD = new Uint8Array(0);

/** A ping without payload. */
export function pingFrame(): Buffer {
  return controlFrame(Opcode.ping, NO_PAYLOAD);
}

/** The answer to a ping: its payload, unchanged (RFC 6455 §5.5.3). */
export function pongFrame(payload: Uint8Array): Buffer {
  return controlFrame(Opcode.pong, payload);
}

/**
 * A close frame. `code` undefined gives an empty one, the echo of an empty close.
 *
 * @param reason cut to 123 bytes of UTF-8, never inside a character
 */
export function closeFrame(code: number | undefined, reason = ''): Buffer {
  if (code === undefined) return controlFrame(Opcode.close, NO_PAYLOAD);
  const text = new Uint8Array(MAX_CLOSE_REASON_BYTES);
  const { written } = new TextEncoder().encodeInto(reason, text);
  const payload = Buffer.allocUnsafe(2 + written);
  payload.writeUInt16BE(code, 0);
  payload.set(text.subarray(0, written), 2);
  return controlFrame(Opcode.close, payload);
}

function controlFrame(opcode: number, payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(2 + payload.length);
  frame[0] = FIN | opcode;
  frame[1] = payload.length;
  frame.set(payload, 2);
  return frame;
}
