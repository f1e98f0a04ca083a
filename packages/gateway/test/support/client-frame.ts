/** Everything a client can put into a frame, right or wrong. */
export interface ClientFrame {
  readonly opcode: number;
  readonly payload?: Uint8Array | string;
  readonly fin?: boolean;
  /** The three reserved bits, 0 to 7. */
  readonly rsv?: number;
  /** The four mask bytes; null sends the frame unmasked. */
  readonly mask?: Uint8Array | null;
  /** Bytes used for the length, where the shortest form is not wanted. */
  readonly lengthBytes?: 1 | 2 | 8;
}

/** Encodes a frame as a client does (RFC 6455 §5.2). */
export function clientFrame(frame: ClientFrame): Buffer {
  const { opcode, payload = '', fin = true, rsv = 0, mask = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d) } = frame;
  const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
  const lengthBytes = frame.lengthBytes ?? (bytes.length < 126 ? 1 : bytes.length < 65_536 ? 2 : 8);
  const head = Buffer.alloc(2 + (lengthBytes === 1 ? 0 : lengthBytes));
  head[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  head[1] = (mask ? 0x80 : 0) | (lengthBytes === 1 ? bytes.length : lengthBytes === 2 ? 126 : 127);
  if (lengthBytes === 2) head.writeUInt16BE(bytes.length, 2);
  if (lengthBytes === 8) head.writeBigUInt64BE(BigInt(bytes.length), 2);
  if (!mask) return Buffer.concat([head, bytes]);
  return Buffer.concat([head, mask, bytes.map((byte, i) => byte ^ (mask[i % 4] ?? 0))]);
}

export const textFrame = (payload: Uint8Array | string, fin = true) =>
  clientFrame({ opcode: 1, payload, fin });
export const binaryFrame = (payload: Uint8Array | string, fin = true) =>
  clientFrame({ opcode: 2, payload, fin });
export const continuationFrame = (payload: Uint8Array | string, fin: boolean) =>
  clientFrame({ opcode: 0, payload, fin });
export const pingFrame = (payload: Uint8Array | string = '') => clientFrame({ opcode: 9, payload });
export const pongFrame = (payload: Uint8Array | string = '') => clientFrame({ opcode: 10, payload });

/** A close frame with a code and a reason as raw bytes. */
export function closeFrame(code?: number, reason: Uint8Array | string = ''): Buffer {
  if (code === undefined) return clientFrame({ opcode: 8 });
  const text = typeof reason === 'string' ? new TextEncoder().encode(reason) : reason;
  return clientFrame({ opcode: 8, payload: Uint8Array.of(code >> 8, code & 255, ...text) });
}
