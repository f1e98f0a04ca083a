import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputBuffer } from './input-buffer.js';
import {
  BGRX,
  decodePixels,
  encodePixelFormat,
  encodePixels,
  type PixelFormat,
  readPixelFormat,
} from './pixel-format.js';

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
const bgr233: PixelFormat = {
  ...BGRX,
  bitsPerPixel: 8,
  depth: 8,
  redMax: 7,
  greenMax: 7,
  blueMax: 3,
  redShift: 0,
  greenShift: 3,
  blueShift: 6,
};
const highRed: PixelFormat = { ...BGRX, bigEndian: true, redShift: 24, greenShift: 16, blueShift: 8 };
const formats = fc.constantFrom(BGRX, highRed, rgb565, { ...rgb565, bigEndian: true }, bgr233);

describe('PixelFormat', () => {
  it('lays pixels out as the format says', () => {
    const colours = Uint32Array.of(0xff8040, 0x0000ff);
    expect([...encodePixels(BGRX, colours)]).toEqual([0x40, 0x80, 0xff, 0, 0xff, 0, 0, 0]);
    expect([...encodePixels(highRed, colours)]).toEqual([0xff, 0x80, 0x40, 0, 0, 0, 0xff, 0]);
    expect([...encodePixels(rgb565, Uint32Array.of(0xff0000))]).toEqual([0x00, 0xf8]);
    expect([...encodePixels({ ...rgb565, bigEndian: true }, Uint32Array.of(0xff0000))]).toEqual([0xf8, 0x00]);
    expect([...encodePixels(bgr233, Uint32Array.of(0xffffff, 0xff0000))]).toEqual([0xff, 0x07]);
  });

  it('reads pixels back as near as the format can tell them', () => {
    fc.assert(
      fc.property(formats, fc.array(fc.nat(0xffffff)), (format, colours) => {
        const read = decodePixels(format, encodePixels(format, Uint32Array.from(colours)));
        const steps = [format.redMax, format.greenMax, format.blueMax].map((max) => 255 / max / 2 + 0.51);
        colours.forEach((colour, i) => {
          [16, 8, 0].forEach((shift, channel) => {
            const difference = ((colour >>> shift) & 0xff) - (((read[i] ?? 0) >>> shift) & 0xff);
            expect(Math.abs(difference)).toBeLessThanOrEqual(steps[channel] ?? 0);
          });
        });
      }),
    );
  });

  it('survives the wire', () => {
    fc.assert(
      fc.property(formats, (format) => {
        const input = new InputBuffer(16);
        input.push(encodePixelFormat(format));
        expect(readPixelFormat(input)).toEqual(format);
        expect(input.length).toBe(0);
      }),
    );
  });
});
