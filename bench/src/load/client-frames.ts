const MASK = Buffer.of(0x37, 0xfa, 0x21, 0x3d);

/** The payload as its viewer sends it: one masked binary frame (RFC 6455 §5.2), or as it is. */
export function encode(payload: Uint8Array, form: 'websocket' | 'raw'): Buffer {
  if (form === 'raw') return Buffer.from(payload);
  const { length } = payload;
  const extra = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const frame = Buffer.alloc(6 + extra + length);
  frame[0] = 0x82;
  frame[1] = 0x80 | (extra === 0 ? length : extra === 2 ? 126 : 127);
  if (extra === 2) frame.writeUInt16BE(length, 2);
  if (extra === 8) frame.writeBigUInt64BE(BigInt(length), 2);
  MASK.copy(frame, 2 + extra);
  for (let i = 0; i < length; i++) frame[6 + extra + i] = (payload[i] ?? 0) ^ (MASK[i & 3] ?? 0);
  return frame;
}

/** A close frame with code 1000. */
export const CLOSE_FRAME = Buffer.of(0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8);
