const first = 500;
const longest = 30_000;

/**
 * How long to wait before the next attempt, in ms: from 0.5 s, doubled for each failure up to 30 s, and
 * shortened by up to half at random so that hosts that went down together do not come back together.
 *
 * @param random from 0 to 1
 */
export function backOff(failures: number, random: number): number {
  const full = Math.min(longest, first * 2 ** Math.max(0, failures - 1));
  return full * (1 - random / 2);
}
