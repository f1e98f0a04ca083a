import type { InputBuffer } from './input-buffer.js';
import { RfbError } from './rfb-error.js';

/** How a pixel is laid out (RFC 6143 §7.4). The maxima and shifts count only when `trueColour`. */
export interface PixelFormat {
  readonly bitsPerPixel: 8 | 16 | 32;
  readonly depth: number;
  readonly bigEndian: boolean;
  readonly trueColour: boolean;
  readonly redMax: number;
  readonly greenMax: number;
  readonly blueMax: number;
  readonly redShift: number;
  readonly greenShift: number;
  readonly blueShift: number;
}

/** Length of PIXEL_FORMAT in bytes. */
export const PIXEL_FORMAT_LENGTH = 16;

/** 32 bits, 8 per colour, little endian: bytes B, G, R, unused. */
export const BGRX: PixelFormat = {
  bitsPerPixel: 32,
  depth: 24,
  bigEndian: false,
  trueColour: true,
  redMax: 255,
  greenMax: 255,
  blueMax: 255,
  redShift: 16,
  greenShift: 8,
  blueShift: 0,
};

export function encodePixelFormat(format: PixelFormat): Uint8Array {
  const bytes = new Uint8Array(PIXEL_FORMAT_LENGTH);
  const view = new DataView(bytes.buffer);
  bytes.set([format.bitsPerPixel, format.depth, Number(format.bigEndian), Number(format.trueColour)]);
  view.setUint16(4, format.redMax);
  view.setUint16(6, format.greenMax);
  view.setUint16(8, format.blueMax);
  bytes.set([format.redShift, format.greenShift, format.blueShift], 10);
  return bytes;
}

/** Reads PIXEL_FORMAT from 16 bytes that are there. Throws `malformed` for a layout that cannot be. */
export function readPixelFormat(input: InputBuffer): PixelFormat {
  const format = {
    bitsPerPixel: readBitsPerPixel(input),
    depth: input.readU8(),
    bigEndian: input.readU8() !== 0,
    trueColour: input.readU8() !== 0,
    redMax: input.readU16(),
    greenMax: input.readU16(),
    blueMax: input.readU16(),
    redShift: input.readU8(),
    greenShift: input.readU8(),
    blueShift: input.readU8(),
  };
  input.skip(3);
  if (format.trueColour && !fits(format))
    throw new RfbError('malformed', 'peer gave an impossible pixel format');
  return format;
}

/** Pixels of 0xRRGGBB in the bytes of a true-colour format. */
export function encodePixels(format: PixelFormat, colours: Uint32Array): Uint8Array {
  const size = format.bitsPerPixel / 8;
  const bytes = new Uint8Array(colours.length * size);
  const pixelOf = colourMapping(format);
  let at = 0;
  for (const colour of colours) {
    let pixel = pixelOf(colour);
    if (format.bigEndian) {
      for (let i = size - 1; i >= 0; i--, pixel >>>= 8) bytes[at + i] = pixel;
    } else {
      for (let i = 0; i < size; i++, pixel >>>= 8) bytes[at + i] = pixel;
    }
    at += size;
  }
  return bytes;
}

/** Pixels of a true-colour format as 0xRRGGBB. */
export function decodePixels(format: PixelFormat, bytes: Uint8Array): Uint32Array {
  const size = format.bitsPerPixel / 8;
  const colours = new Uint32Array(Math.floor(bytes.length / size));
  for (let i = 0; i < colours.length; i++) {
    let pixel = 0;
    for (let j = 0; j < size; j++) {
      const byte = bytes[i * size + (format.bigEndian ? j : size - 1 - j)] ?? 0;
      pixel = ((pixel << 8) | byte) >>> 0;
    }
    const red = scaleUp((pixel >>> format.redShift) & format.redMax, format.redMax);
    const green = scaleUp((pixel >>> format.greenShift) & format.greenMax, format.greenMax);
    const blue = scaleUp((pixel >>> format.blueShift) & format.blueMax, format.blueMax);
    colours[i] = (red << 16) | (green << 8) | blue;
  }
  return colours;
}

/** A screen has few colours beside each other: the last answer is mostly the next one. */
function colourMapping(format: PixelFormat): (colour: number) => number {
  let lastColour = -1;
  let lastPixel = 0;
  return (colour) => {
    if (colour === lastColour) return lastPixel;
    lastColour = colour;
    lastPixel =
      ((scaleDown((colour >>> 16) & 0xff, format.redMax) << format.redShift) |
        (scaleDown((colour >>> 8) & 0xff, format.greenMax) << format.greenShift) |
        (scaleDown(colour & 0xff, format.blueMax) << format.blueShift)) >>>
      0;
    return lastPixel;
  };
}

function scaleDown(value: number, max: number): number {
  return Math.round((value * max) / 255);
}

function scaleUp(value: number, max: number): number {
  return max === 0 ? 0 : Math.round((value * 255) / max);
}

function readBitsPerPixel(input: InputBuffer): 8 | 16 | 32 {
  const bits = input.readU8();
  if (bits === 8 || bits === 16 || bits === 32) return bits;
  throw new RfbError('malformed', `peer gave a pixel of ${bits} bits`);
}

function fits(format: PixelFormat): boolean {
  const colours = [
    [format.redMax, format.redShift],
    [format.greenMax, format.greenShift],
    [format.blueMax, format.blueShift],
  ] as const;
  return colours.every(([max, shift]) => {
    const bits = Math.log2(max + 1);
    return Number.isInteger(bits) && bits + shift <= format.bitsPerPixel;
  });
}
