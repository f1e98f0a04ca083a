import { expect, it } from 'vitest';
import { AUTOMATIC_ATTEMPTS, retryDelay } from './back-off.js';

it('waits longer each time, then leaves it', () => {
  const delays = Array.from({ length: AUTOMATIC_ATTEMPTS + 1 }, (_, index) =>
    retryDelay(index + 1, () => 0.5),
  );
  expect(delays).toEqual([1000, 2000, 4000, 8000, 15000, 30000, undefined]);
});

it('spreads pages that lost the same gateway', () => {
  expect(retryDelay(1, () => 0)).toBe(750);
  expect(retryDelay(1, () => 1)).toBe(1250);
});
