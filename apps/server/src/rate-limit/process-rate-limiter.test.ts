import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ProcessRateLimiter } from './process-rate-limiter.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('ProcessRateLimiter', () => {
  it('allows so many in a window, then none until it is over', async () => {
    const limiter = new ProcessRateLimiter({ count: 2, seconds: 30 });
    expect(await limiter.look('k')).toEqual({ allowed: true, remaining: 2, reset: 0 });
    expect(await limiter.consume('k')).toEqual({ allowed: true, remaining: 1, reset: 30_000 });
    expect(await limiter.consume('k')).toEqual({ allowed: true, remaining: 0, reset: 30_000 });
    vi.advanceTimersByTime(10_000);
    expect(await limiter.consume('k')).toEqual({ allowed: false, remaining: 0, reset: 20_000 });
    expect(await limiter.look('k')).toMatchObject({ remaining: 0, reset: 20_000 });
    expect(await limiter.consume('another')).toMatchObject({ allowed: true });
    vi.advanceTimersByTime(20_000);
    expect(await limiter.consume('k')).toMatchObject({ allowed: true, remaining: 1 });
  });

  it('looks without counting', async () => {
    const limiter = new ProcessRateLimiter({ count: 1, seconds: 30 });
    for (let n = 0; n < 3; n++) await limiter.look('k');
    expect(await limiter.consume('k')).toMatchObject({ allowed: true });
  });

  it('forgets keys whose window is over, and the oldest of too many', async () => {
    const limiter = new ProcessRateLimiter({ count: 1, seconds: 30 }, 100);
    for (let n = 0; n < 1000; n++) {
      await limiter.consume(`key ${n}`);
      expect(limiter.size).toBeLessThanOrEqual(100);
    }
    expect(await limiter.consume('key 999')).toMatchObject({ allowed: false });
    vi.advanceTimersByTime(30_000);
    expect(limiter.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('takes any text for a key', async () => {
    const limiter = new ProcessRateLimiter({ count: 1, seconds: 30 });
    for (const key of ['', '__proto__', 'constructor']) {
      expect(await limiter.consume(key)).toMatchObject({ allowed: true });
      expect(await limiter.consume(key)).toMatchObject({ allowed: false });
    }
  });
});
