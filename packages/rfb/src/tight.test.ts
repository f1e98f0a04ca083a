import { constants, deflateSync, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputBuffer } from './input-buffer.js';
import { BGRX, decodePixels, type PixelFormat } from './pixel-format.js';
import { encodeTight } from './tight.js';
import { tightDataLength } from './tight-data-length.js';

const deflate = (bytes: Uint8Array) => deflateSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
const inflate = (bytes: Uint8Array) => inflateSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
const rgb565: PixelFormat = {
  ...BGRX,
  bitsPerPixel: 16,
  depth: 16,
  redMax: 31,
  greenMax: 63,
  blueMax: 31,
  redShift: 11,
  greenShift: 5,
};

/** A reader written from the specification, for streams that are reset with every rectangle. */
function decode(data: Uint8Array, width: number, height: number, format: PixelFormat): number[] {
  const shortPixels = format.bitsPerPixel === 32;
  const pixelBytes = shortPixels ? 3 : 2;
  const pixels = (bytes: Uint8Array): number[] => {
    if (!shortPixels) return [...decodePixels(format, bytes)];
    return Array.from({ length: bytes.length / 3 }, (_, i) => {
      const [red = 0, green = 0, blue = 0] = bytes.subarray(i * 3);
      return (red << 16) | (green << 8) | blue;
    });
  };
  let at = 0;
  const control = data[at++] ?? 0;
  if (control === 0x80) return new Array<number>(width * height).fill(pixels(data.subarray(at))[0] ?? 0);
  expect(control & 0x31).toBe(1);
  const body = (size: number): Uint8Array => {
    if (size < 12) {
      expect(data.length).toBe(at + size);
      return data.subarray(at);
    }
    let length = 0;
    for (let i = 0; i < 3; i++) {
      const byte = data[at++] ?? 0;
      length |= (i === 2 ? byte : byte & 127) << (7 * i);
      if (byte < 128) break;
    }
    expect(data.length).toBe(at + length);
    return inflate(data.subarray(at));
  };
  if ((control & 0x40) === 0) return pixels(body(width * height * pixelBytes));
  expect(data[at++]).toBe(1);
  const count = (data[at++] ?? 0) + 1;
  const palette = pixels(data.subarray(at, at + count * pixelBytes));
  at += count * pixelBytes;
  if (count > 2) return [...body(width * height)].map((index) => palette[index] ?? -1);
  const rowBytes = Math.ceil(width / 8);
  const bits = body(rowBytes * height);
  return Array.from({ length: width * height }, (_, i) => {
    const byte = bits[Math.floor(i / width) * rowBytes + ((i % width) >> 3)] ?? 0;
    return palette[(byte >> (7 - ((i % width) & 7))) & 1] ?? -1;
  });
}

const picture = fc
  .record({
    width: fc.integer({ min: 1, max: 40 }),
    height: fc.integer({ min: 1, max: 20 }),
    few: fc.constantFrom(1, 2, 3, 200, 1000),
  })
  .chain(({ width, height, few }) =>
    fc.array(fc.nat(few - 1), { minLength: width * height, maxLength: width * height }).map((numbers) => ({
      width,
      height,
      colours: Uint32Array.from(numbers, (n) => (n * 0x123457) & 0xffffff),
    })),
  );

describe('Tight', () => {
  it('gives back every pixel, from one colour to more than a palette holds', () => {
    fc.assert(
      fc.property(picture, ({ width, height, colours }) => {
        expect(decode(encodeTight(BGRX, colours, width, deflate), width, height, BGRX)).toEqual([...colours]);
      }),
      { numRuns: 200 },
    );
  });

  it('packs formats without three-byte pixels too', () => {
    const colours = Uint32Array.of(0xff0000, 0xffffff, 0x0000ff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    expect(decode(encodeTight(rgb565, colours, 5, deflate), 5, 3, rgb565)).toEqual([...colours]);
  });

  it('tells its own length at the earliest byte that can, and never wrongly', () => {
    fc.assert(
      fc.property(picture, fc.constantFrom(BGRX, rgb565), ({ width, height, colours }, format) => {
        const data = encodeTight(format, colours, width, deflate);
        const input = new InputBuffer(1 << 20);
        for (const byte of data) {
          input.push(Uint8Array.of(byte));
          const length = tightDataLength(input, 0, width, height, format);
          if (length !== undefined) expect(length).toBe(data.length);
        }
        expect(tightDataLength(input, 0, width, height, format)).toBe(data.length);
      }),
    );
  });

  it('refuses what a Tight rectangle cannot carry', () => {
    expect(() => encodeTight(BGRX, new Uint32Array(2049), 2049, deflate)).toThrow(RangeError);
  });
});
