import type { Clock } from '../ports/clock.js';

/** So many in so long. */
export interface RateQuota {
  readonly quota: number;
  /** s */
  readonly window: number;
}

/** Whether one more is allowed, and what is left. */
export interface RateDecision {
  readonly allowed: boolean;
  /** How many more would be allowed now. */
  readonly remaining: number;
  /** ms until one is allowed; 0 while it is */
  readonly retryAfter: number;
  /** ms until all of the quota is there again */
  readonly reset: number;
}

/** How many keys are remembered; the oldest give way. */
const MAX_KEYS = 100_000;
/** How many stay where they have to: making room for one each time would cost a look at all of them. */
const KEPT_KEYS = 90_000;
const FIRST_SWEEP = 1000;

/**
 * Lets each key have its quota in any window, all at once if it likes, and gives it back evenly: the generic cell rate
 * algorithm (ITU-T I.371), which remembers one number for a key. No timer, no I/O.
 */
export class RateLimit {
  readonly policy: RateQuota;
  readonly #clock: Clock;
  /** When each key has all of its quota again, ms since the epoch. */
  readonly #whole = new Map<string, number>();
  readonly #window: number;
  readonly #interval: number;
  #sweepAt = FIRST_SWEEP;

  constructor(policy: RateQuota, clock: Clock) {
    this.policy = policy;
    this.#clock = clock;
    this.#window = policy.window * 1000;
    this.#interval = this.#window / policy.quota;
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#whole.size;
  }

  /** Uses one up, if one is allowed. */
  take(key: string): RateDecision {
    const now = this.#clock.now();
    const used = this.#used(key, now);
    if (this.#wait(used) > 0) return this.#decision(false, used);
    if (!this.#whole.has(key)) this.#makeRoom(now);
    this.#whole.set(key, now + used + this.#interval);
    return this.#decision(true, used + this.#interval);
  }

  /** Whether one is allowed, without using it. */
  look(key: string): RateDecision {
    const used = this.#used(key, this.#clock.now());
    return this.#decision(this.#wait(used) <= 0, used);
  }

  /** The part of the window that is used up, ms. A clock that went back makes nobody wait longer than a window. */
  #used(key: string, now: number): number {
    return Math.min(Math.max((this.#whole.get(key) ?? now) - now, 0), this.#window);
  }

  /** ms until another fits; a hair's breadth is a rounding error */
  #wait(used: number): number {
    const wait = used + this.#interval - this.#window;
    return wait > 1e-6 ? wait : 0;
  }

  #decision(allowed: boolean, used: number): RateDecision {
    const remaining = Math.max(0, Math.floor((this.#window - used) / this.#interval + 1e-6));
    return { allowed, remaining, retryAfter: this.#wait(used), reset: used };
  }

  #forgetOldest(): void {
    for (const key of this.#whole.keys()) {
      if (this.#whole.size <= KEPT_KEYS) return;
      this.#whole.delete(key);
    }
  }

  #makeRoom(now: number): void {
    if (this.#whole.size < this.#sweepAt) return;
    for (const [key, whole] of this.#whole) if (whole <= now) this.#whole.delete(key);
    if (this.#whole.size >= KEPT_KEYS) this.#forgetOldest();
    this.#sweepAt = Math.min(Math.max(FIRST_SWEEP, 2 * this.#whole.size), MAX_KEYS);
  }
}
