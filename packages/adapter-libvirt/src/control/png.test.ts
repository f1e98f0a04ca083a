import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPng, pngOfPixmap } from './png.js';

/** Reads back what the encoder writes: one IDAT, no filters. */
function decode(png: Buffer): { width: number; height: number; pixels: Buffer } {
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    chunks.set(png.toString('latin1', at + 4, at + 8), png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const header = chunks.get('IHDR') ?? Buffer.alloc(0);
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const rows = inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0));
  const lines = Array.from({ length: height }, (_, row) =>
    rows.subarray(row * (width * 3 + 1) + 1, (row + 1) * (width * 3 + 1)),
  );
  return { width, height, pixels: Buffer.concat(lines) };
}

const size = fc.integer({ min: 1, max: 12 });
const picture = fc.tuple(size, size).chain(([width, height]) =>
  fc.record({
    width: fc.constant(width),
    height: fc.constant(height),
    pixels: fc.uint8Array({ minLength: width * height * 3, maxLength: width * height * 3 }),
  }),
);
const pixmap = (width: number, height: number, pixels: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), pixels]);

describe('pngOfPixmap', () => {
  it('keeps every pixel', async () => {
    await fc.assert(
      fc.asyncProperty(picture, async ({ width, height, pixels }) => {
        const png = Buffer.from(await pngOfPixmap(pixmap(width, height, pixels)));
        expect(isPng(png)).toBe(true);
        expect(decode(png)).toEqual({ width, height, pixels: Buffer.from(pixels) });
      }),
    );
  });

  it('has the checksums that the PNG specification asks for', async () => {
    const png = Buffer.from(await pngOfPixmap(pixmap(1, 1, Uint8Array.of(255, 0, 0))));
    expect(png.subarray(-12).toString('hex')).toBe('0000000049454e44ae426082'); // IEND, as in every PNG
    expect(png.subarray(8, 33).toString('hex')).toBe(
      '0000000d49484452000000010000000108020000009077' + '53de',
    );
  });

  it('refuses anything else', async () => {
    const refused = async (bytes: Uint8Array) => {
      await expect(pngOfPixmap(bytes)).rejects.toThrow('the screenshot is no pixmap');
    };
    const good = pixmap(4, 3, new Uint8Array(36));
    for (let length = 0; length < good.length; length++) await refused(good.subarray(0, length));
    await refused(Buffer.concat([good, Buffer.alloc(1)]));
    await refused(pixmap(99_999, 99_999, new Uint8Array(9)));
    await refused(pixmap(0, 0, new Uint8Array(0)));
    await fc.assert(fc.asyncProperty(fc.uint8Array(), refused));
  });
});
