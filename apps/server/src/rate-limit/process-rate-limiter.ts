/// <reference path="./rate-limiter-memory.d.ts" />
import type { FailureLimiter } from '@remote-consoles/gateway';
import type { RateLimiter, RateState } from '@remote-consoles/http-api';
import type { RateLimiterRes } from 'rate-limiter-flexible';
import RateLimiterMemory from 'rate-limiter-flexible/lib/RateLimiterMemory.js';
import type { RateLimit } from '../config/rate-limit.js';

/** How many keys are counted at once; the oldest give way. */
const MAX_KEYS = 20_000;

/** Counts by key for this process alone. */
export class ProcessRateLimiter implements RateLimiter, FailureLimiter {
  readonly points: number;
  readonly duration: number;
  readonly #counts: RateLimiterMemory;
  readonly #maxKeys: number;
  /** Keys since they were last counted: never fewer than there are. */
  #keys = 0;

  constructor({ count, seconds }: RateLimit, maxKeys = MAX_KEYS) {
    this.points = count;
    this.duration = seconds;
    this.#counts = new RateLimiterMemory({ points: count, duration: seconds, keyPrefix: '' });
    this.#maxKeys = maxKeys;
  }

  /** How many keys are counted. */
  get size(): number {
    return this.#counts.dump().storage.length;
  }

  consume(key: string): Promise<RateState> {
    return this.#counts.consume(key).then(
      (result) => {
        if (result.isFirstInDuration) this.#makeRoom();
        return stateOf(result);
      },
      // The library's way to say that there were too many.
      (result: RateLimiterRes) => ({ ...stateOf(result), allowed: false }),
    );
  }

  async look(key: string): Promise<RateState> {
    const result = await this.#counts.get(key);
    return result ? stateOf(result) : { allowed: true, remaining: this.points, reset: 0 };
  }

  /** Whoever invents addresses must not fill the memory. */
  #makeRoom(): void {
    this.#keys += 1;
    if (this.#keys <= this.#maxKeys) return;
    const { storage } = this.#counts.dump();
    const dropped = storage.slice(0, Math.max(0, storage.length - this.#maxKeys / 2));
    for (const { key } of dropped) void this.#counts.delete(key);
    this.#keys = storage.length - dropped.length;
  }
}

function stateOf({ remainingPoints, msBeforeNext }: RateLimiterRes): RateState {
  return { allowed: true, remaining: remainingPoints, reset: Math.max(0, msBeforeNext) };
}

/** @returns undefined where there is no limit */
export function processRateLimiter(limit: RateLimit | false): ProcessRateLimiter | undefined {
  return limit === false ? undefined : new ProcessRateLimiter(limit);
}
