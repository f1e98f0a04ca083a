/** Bytes to keep free before a payload, so that the longest server frame header fits (RFC 6455 §5.2). */
export const HEAD_ROOM = 10;

/** Frame opcodes (RFC 6455 §5.2). */
export const Opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

const FIN = 0x80;

/**
 * Writes the header of one unfragmented, unmasked binary frame so that it ends where the payload starts:
 * the frame is then one contiguous piece of `buffer` and can be sent without a copy.
 *
 * @param payloadStart offset of the payload, at least {@link HEAD_ROOM}
 * @returns offset of the frame's first byte
 */
export function writeBinaryHeader(buffer: Uint8Array, payloadStart: number, payloadLength: number): number {
  if (payloadLength < 126) {
    buffer[payloadStart - 2] = FIN | Opcode.binary;
    buffer[payloadStart - 1] = payloadLength;
    return payloadStart - 2;
  }
  if (payloadLength < 65_536) {
    buffer[payloadStart - 4] = FIN | Opcode.binary;
    buffer[payloadStart - 3] = 126;
    buffer[payloadStart - 2] = payloadLength >>> 8;
    buffer[payloadStart - 1] = payloadLength;
    return payloadStart - 4;
  }
  buffer[payloadStart - 10] = FIN | Opcode.binary;
  buffer[payloadStart - 9] = 127;
  let rest = payloadLength;
  for (let i = payloadStart - 1; i >= payloadStart - 8; i--) {
    buffer[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return payloadStart - 10;
}
