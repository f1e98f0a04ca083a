import type { InputBuffer } from './input-buffer.js';
import { encodeString, peerText } from './peer-text.js';
import { encodePixelFormat, PIXEL_FORMAT_LENGTH, type PixelFormat, readPixelFormat } from './pixel-format.js';
import { RfbError } from './rfb-error.js';

/** ServerInit (RFC 6143 §7.3.2). Sizes in pixels. */
export interface ServerInit {
  readonly width: number;
  readonly height: number;
  readonly pixelFormat: PixelFormat;
  readonly name: string;
}

/** Longest desktop name taken or given, in bytes. */
export const MAX_NAME_BYTES = 1024;

const FIXED_LENGTH = 4 + PIXEL_FORMAT_LENGTH + 4;

export function encodeServerInit({ width, height, pixelFormat, name }: ServerInit): Uint8Array {
  const text = encodeString(new TextEncoder().encode(name).subarray(0, MAX_NAME_BYTES));
  const bytes = new Uint8Array(4 + PIXEL_FORMAT_LENGTH + text.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, width);
  view.setUint16(2, height);
  bytes.set(encodePixelFormat(pixelFormat), 4);
  bytes.set(text, 4 + PIXEL_FORMAT_LENGTH);
  return bytes;
}

/** Reads ServerInit, or returns undefined until all of it is there. Throws `too-long`, `malformed`. */
export function readServerInit(input: InputBuffer): ServerInit | undefined {
  if (input.length < FIXED_LENGTH) return undefined;
  const nameLength = input.peekU32(FIXED_LENGTH - 4);
  if (nameLength > MAX_NAME_BYTES) {
    throw new RfbError('too-long', `server has a name of ${nameLength} bytes, more than ${MAX_NAME_BYTES}`);
  }
  if (input.length < FIXED_LENGTH + nameLength) return undefined;
  const width = input.readU16();
  const height = input.readU16();
  const pixelFormat = readPixelFormat(input);
  input.skip(4);
  return { width, height, pixelFormat, name: peerText(input.readBytes(nameLength), MAX_NAME_BYTES) };
}
