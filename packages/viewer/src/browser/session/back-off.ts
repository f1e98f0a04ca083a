const DELAYS_S = [1, 2, 4, 8, 15, 30];

/** How often a page tries again by itself before it leaves it to the person. */
export const AUTOMATIC_ATTEMPTS = DELAYS_S.length;

/**
 * How long to wait before automatic attempt `attempt` (1, 2, …), in milliseconds; undefined when there was enough.
 * Spread by a quarter either way, so that all pages of a gateway that restarted do not come back at once.
 */
export function retryDelay(attempt: number, random: () => number = Math.random): number | undefined {
  const seconds = DELAYS_S[attempt - 1];
  return seconds === undefined ? undefined : Math.round(seconds * 1000 * (0.75 + random() / 2));
}
