import fc from 'fast-check';
import { expect, it } from 'vitest';
import { backOff } from './back-off.js';

it('waits from half a second to half a minute, longer each time', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 8].map((failures) => backOff(failures, 0))).toEqual([
    500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000,
  ]);
});

it('is shortened by up to half, and never longer than half a minute', () => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
      const full = backOff(failures, 0);
      const wait = backOff(failures, random);
      expect(wait).toBeLessThanOrEqual(full);
      expect(wait).toBeGreaterThanOrEqual(full / 2);
      expect(wait).toBeGreaterThanOrEqual(250);
      expect(wait).toBeLessThanOrEqual(30_000);
    }),
  );
});
