import type { InputBuffer } from './input-buffer.js';
import type { PixelFormat } from './pixel-format.js';
import { RfbError } from './rfb-error.js';
import { hasShortTightPixels, TIGHT_MIN_COMPRESSED } from './tight.js';

/**
 * Length of a Tight rectangle's data that starts `at` in the input, or undefined until that can be told
 * (rfbproto, "Tight Encoding").
 */
export function tightDataLength(
  input: InputBuffer,
  at: number,
  width: number,
  height: number,
  format: PixelFormat,
): number | undefined {
  if (input.length <= at) return undefined;
  const control = input.peekU8(at);
  const kind = control >> 4;
  const pixelBytes = hasShortTightPixels(format) ? 3 : format.bitsPerPixel / 8;
  if (kind === 8) return 1 + pixelBytes;
  if (kind === 9) return withCompactLength(input, at, 1);
  if (kind > 7) throw new RfbError('malformed', `server sent an unknown Tight compression ${kind}`);
  if ((kind & 4) === 0) return basicLength(input, at, 1, width * height * pixelBytes);
  if (input.length <= at + 1) return undefined;
  const filter = input.peekU8(at + 1);
  if (filter === 0 || filter === 2) return basicLength(input, at, 2, width * height * pixelBytes);
  if (filter !== 1) throw new RfbError('malformed', `server sent an unknown Tight filter ${filter}`);
  if (input.length <= at + 2) return undefined;
  const colours = input.peekU8(at + 2) + 1;
  const dataBytes = colours <= 2 ? Math.ceil(width / 8) * height : width * height;
  return basicLength(input, at, 3 + colours * pixelBytes, dataBytes);
}

/** Short data comes as it is, longer data compressed behind its length. */
function basicLength(input: InputBuffer, at: number, head: number, dataBytes: number): number | undefined {
  return dataBytes < TIGHT_MIN_COMPRESSED ? head + dataBytes : withCompactLength(input, at, head);
}

function withCompactLength(input: InputBuffer, at: number, head: number): number | undefined {
  let length = 0;
  for (let i = 0; i < 3; i++) {
    if (input.length <= at + head + i) return undefined;
    const byte = input.peekU8(at + head + i);
    length |= (i === 2 ? byte : byte & 0x7f) << (7 * i);
    if (i === 2 || byte < 0x80) return head + i + 1 + length;
  }
  return undefined;
}
