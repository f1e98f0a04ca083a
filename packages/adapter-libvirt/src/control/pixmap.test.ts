import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePixmap } from './pixmap.js';

const size = fc.integer({ min: 1, max: 12 });
const picture = fc.tuple(size, size).chain(([width, height]) =>
  fc.record({
    width: fc.constant(width),
    height: fc.constant(height),
    rgb: fc.uint8Array({ minLength: width * height * 3, maxLength: width * height * 3 }),
  }),
);
const pixmap = (width: number, height: number, rgb: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), rgb]);

describe('parsePixmap', () => {
  it('keeps every pixel', () => {
    fc.assert(
      fc.property(picture, ({ width, height, rgb }) => {
        const parsed = parsePixmap(pixmap(width, height, rgb));
        expect({ ...parsed, rgb: Uint8Array.from(parsed.rgb) }).toEqual({ width, height, rgb });
      }),
    );
  });

  it('refuses anything else', () => {
    const refused = (bytes: Uint8Array) => {
      expect(() => parsePixmap(bytes)).toThrow('the screenshot is no pixmap');
    };
    const good = pixmap(4, 3, new Uint8Array(36));
    for (let length = 0; length < good.length; length++) refused(good.subarray(0, length));
    refused(Buffer.concat([good, Buffer.alloc(1)]));
    refused(pixmap(99_999, 99_999, new Uint8Array(9)));
    refused(pixmap(0, 0, new Uint8Array(0)));
    fc.assert(fc.property(fc.uint8Array(), refused));
  });
});
