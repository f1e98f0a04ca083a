import fc from 'fast-check';
import { expect, it } from 'vitest';
import { desktopSize } from './desktop-size.js';

it.each([
  [1283, 800.7, { width: 1280, height: 800 }],
  [390, 120, { width: 388, height: 200 }],
  [0, 0, { width: 200, height: 200 }],
  [10_000, 10_000, { width: 8192, height: 8192 }],
])('a window of %d by %d has a desktop of %j', (width, height, size) => {
  expect(desktopSize(width, height)).toEqual(size);
});

it('is always one that a server may have', () => {
  const pixels = fc.double({ min: 0, max: 100_000, noNaN: true });
  fc.assert(
    fc.property(pixels, pixels, (width, height) => {
      const size = desktopSize(width, height);
      expect(size.width % 4).toBe(0);
      expect(Number.isInteger(size.height)).toBe(true);
      for (const side of [size.width, size.height]) {
        expect(side).toBeGreaterThanOrEqual(200);
        expect(side).toBeLessThanOrEqual(8192);
      }
    }),
  );
});
