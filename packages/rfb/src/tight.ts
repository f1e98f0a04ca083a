import { encodePixels, type PixelFormat } from './pixel-format.js';

/**
 * Compresses bytes into one complete zlib stream (RFC 1950) that a reader can inflate up to its last byte:
 * in Node, `(bytes) => deflateSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH })`.
 */
export type Deflate = (bytes: Uint8Array) => Uint8Array;

/** Widest rectangle Tight may carry, in pixels (rfbproto, "Tight Encoding"). */
export const TIGHT_MAX_WIDTH = 2048;

/** Data shorter than this, in bytes, travels as it is, without a length. */
export const TIGHT_MIN_COMPRESSED = 12;

const FILL = 0x80;
/** Basic compression in stream 0, which is reset first: every rectangle stands alone, and no state is kept. */
const BASIC = 0x01;
const EXPLICIT_FILTER = 0x40;
const PALETTE_FILTER = 1;
const MAX_PALETTE = 256;

/** Pixels of 0xRRGGBB as the data of a Tight rectangle, `width` at most 2048 (rfbproto, "Tight Encoding"). */
export function encodeTight(
  format: PixelFormat,
  colours: Uint32Array,
  width: number,
  deflate: Deflate,
): Uint8Array {
  if (width > TIGHT_MAX_WIDTH)
    throw new RangeError(`a Tight rectangle is at most ${TIGHT_MAX_WIDTH} pixels wide`);
  const palette = paletteOf(colours);
  if (palette === undefined) return concat([BASIC], compressed(encodeTightPixels(format, colours), deflate));
  const paletteColours = encodeTightPixels(format, Uint32Array.from(palette.keys()));
  if (palette.size === 1) return concat([FILL], paletteColours);
  const indices =
    palette.size === 2 ? bitmap(colours, width, palette) : colours.map((c) => palette.get(c) ?? 0);
  const head = [BASIC | EXPLICIT_FILTER, PALETTE_FILTER, palette.size - 1];
  return concat(head, paletteColours, compressed(Uint8Array.from(indices), deflate));
}

/** Whether a pixel of this format is three bytes R, G, B in Tight (TPIXEL). */
export function hasShortTightPixels(format: PixelFormat): boolean {
  const { bitsPerPixel, depth, redMax, greenMax, blueMax } = format;
  return bitsPerPixel === 32 && depth === 24 && redMax === 255 && greenMax === 255 && blueMax === 255;
}

function encodeTightPixels(format: PixelFormat, colours: Uint32Array): Uint8Array {
  if (!hasShortTightPixels(format)) return encodePixels(format, colours);
  const bytes = new Uint8Array(colours.length * 3);
  let at = 0;
  for (const colour of colours) {
    bytes[at++] = colour >>> 16;
    bytes[at++] = colour >>> 8;
    bytes[at++] = colour;
  }
  return bytes;
}

/** The colours and their numbers, or undefined when there are more than a palette holds. */
function paletteOf(colours: Uint32Array): Map<number, number> | undefined {
  const palette = new Map<number, number>();
  let last = -1;
  for (const colour of colours) {
    if (colour === last) continue;
    last = colour;
    if (palette.has(colour)) continue;
    if (palette.size === MAX_PALETTE) return undefined;
    palette.set(colour, palette.size);
  }
  return palette;
}

/** One bit a pixel, rows padded to whole bytes, the leftmost pixel in the highest bit. */
function bitmap(colours: Uint32Array, width: number, palette: ReadonlyMap<number, number>): Uint8Array {
  const rowBytes = Math.ceil(width / 8);
  const bits = new Uint8Array(rowBytes * (colours.length / width));
  colours.forEach((colour, i) => {
    const x = i % width;
    if (palette.get(colour) === 1) {
      const at = Math.floor(i / width) * rowBytes + (x >> 3);
      bits[at] = (bits[at] ?? 0) | (0x80 >> (x & 7));
    }
  });
  return bits;
}

function compressed(bytes: Uint8Array, deflate: Deflate): Uint8Array {
  if (bytes.length < TIGHT_MIN_COMPRESSED) return bytes;
  const deflated = deflate(bytes);
  return concat(compactLength(deflated.length), deflated);
}

/** 7, 7 and 8 bits, lowest first; the top bit says that more follow. */
function compactLength(length: number): readonly number[] {
  if (length > 0x3fffff) throw new RangeError('a Tight rectangle is at most 4 MiB compressed');
  if (length < 0x80) return [length];
  if (length < 0x4000) return [(length & 0x7f) | 0x80, length >>> 7];
  return [(length & 0x7f) | 0x80, ((length >>> 7) & 0x7f) | 0x80, length >>> 14];
}

function concat(...parts: (Uint8Array | readonly number[])[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
