/** Where a client stands after it has asked once more. */
export interface RateState {
  readonly allowed: boolean;
  /** How many more are allowed in this window. */
  readonly remaining: number;
  /** ms until the window is over and all are allowed again */
  readonly reset: number;
}

/** Counts by key: so many in each window of so long. */
export interface RateLimiter {
  /** How many are allowed in a window. */
  readonly points: number;
  /** s */
  readonly duration: number;
  /** Counts one more. Never rejects. */
  consume(key: string): Promise<RateState>;
}
