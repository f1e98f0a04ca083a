import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TokenCache } from './token-cache.js';

describe('TokenCache', () => {
  it('never holds more than its bound, nothing beyond its time, and always what was used last', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('set' as const), key: fc.nat(6), life: fc.integer({ min: -1, max: 20 }) }),
      fc.record({ do: fc.constant('get' as const), key: fc.nat(6) }),
      fc.record({ do: fc.constant('wait' as const), ms: fc.nat(8) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), fc.integer({ min: 1, max: 4 }), (steps, maxEntries) => {
        let now = 0;
        const cache = new TokenCache<number>({ clock: { now: () => now }, maxEntries });
        const truth = new Map<string, { value: number; until: number }>();
        let last: string | undefined;
        for (const [index, each] of steps.entries()) {
          if (each.do === 'wait') {
            now += each.ms;
            continue;
          }
          const key = String(each.key);
          if (each.do === 'set') {
            cache.set(key, index, now + each.life);
            truth.set(key, { value: index, until: now + each.life });
            last = each.life > 0 ? key : last;
          } else {
            const got = cache.get(key);
            const known = truth.get(key);
            if (got !== undefined) {
              expect(got).toBe(known?.value);
              expect(known?.until).toBeGreaterThan(now);
              last = key;
            } else if (key === last) expect(known?.until).toBeLessThanOrEqual(now);
          }
          expect(cache.size).toBeLessThanOrEqual(maxEntries);
        }
      }),
    );
  });
});
