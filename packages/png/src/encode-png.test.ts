import { crc32, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodePng, isPng } from './encode-png.js';

/** Reads back what the encoder writes: one IDAT, no filters. */
function decode(png: Buffer): { width: number; height: number; rgb: Buffer } {
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    expect(png.readUInt32BE(at + length + 8)).toBe(crc32(png.subarray(at + 4, at + length + 8)));
    chunks.set(png.toString('latin1', at + 4, at + 8), png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const header = chunks.get('IHDR') ?? Buffer.alloc(0);
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const rows = inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0));
  const lines = Array.from({ length: height }, (_, row) =>
    rows.subarray(row * (width * 3 + 1) + 1, (row + 1) * (width * 3 + 1)),
  );
  return { width, height, rgb: Buffer.concat(lines) };
}

const size = fc.integer({ min: 1, max: 12 });
const picture = fc.tuple(size, size).chain(([width, height]) =>
  fc.record({
    width: fc.constant(width),
    height: fc.constant(height),
    rgb: fc.uint8Array({ minLength: width * height * 3, maxLength: width * height * 3 }),
  }),
);

describe('encodePng', () => {
  it('keeps every pixel', async () => {
    await fc.assert(
      fc.asyncProperty(picture, async (drawn) => {
        const png = await encodePng(drawn);
        expect(isPng(png)).toBe(true);
        expect(decode(Buffer.from(png))).toEqual({ ...drawn, rgb: Buffer.from(drawn.rgb) });
      }),
    );
  });

  it('writes the header and the end that every other PNG has', async () => {
    const png = await encodePng({ width: 1, height: 1, rgb: Uint8Array.of(255, 0, 0) });
    const hex = Buffer.from(png).toString('hex');
    expect(hex.slice(0, 66)).toBe('89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de');
    expect(hex.slice(-24)).toBe('0000000049454e44ae426082');
  });

  it('refuses a size that is not that of its pixels', async () => {
    for (const [width, height, bytes] of [
      [0, 0, 0],
      [2, 2, 11],
      [2, 2, 13],
      [-1, -1, 3],
      [Number.NaN, 1, 3],
    ] as const) {
      await expect(encodePng({ width, height, rgb: new Uint8Array(bytes) })).rejects.toThrow(RangeError);
    }
  });
});

it('isPng tells a PNG by its first eight bytes', () => {
  expect(isPng(new Uint8Array())).toBe(false);
  expect(isPng(Buffer.from('P6\n1 1\n255\n'))).toBe(false);
  expect(isPng(Buffer.from('89504e470d0a1a', 'hex'))).toBe(false);
  expect(isPng(Buffer.from('89504e470d0a1a0a', 'hex'))).toBe(true);
});
