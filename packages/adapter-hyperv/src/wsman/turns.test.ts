import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Turns } from './turns.js';
import { WsmanUnavailable } from './wsman-error.js';

const patient = () => new AbortController().signal;

describe('turns', () => {
  it('come one at a time and in order, whoever fails or gives up', async () => {
    const guest = fc.constantFrom('works', 'fails', 'gives up');
    await fc.assert(
      fc.asyncProperty(fc.array(guest, { maxLength: 12 }), async (guests) => {
        const turns = new Turns();
        const order: number[] = [];
        let inside = 0;
        const taken = guests.map((kind, index) => {
          const patience = new AbortController();
          const turn = turns.take(patience.signal, async () => {
            inside++;
            expect(inside).toBe(1);
            order.push(index);
            await new Promise((resolve) => setImmediate(resolve));
            inside--;
            if (kind === 'fails') throw new Error('work');
          });
          // The first has its turn already.
          if (kind === 'gives up' && index > 0) patience.abort();
          return turn;
        });
        const outcomes = await Promise.allSettled(taken);
        const expected = guests.map((kind, index) => {
          if (kind === 'gives up' && index > 0) return 'rejected';
          return kind === 'fails' ? 'rejected' : 'fulfilled';
        });
        expect(outcomes.map(({ status }) => status)).toEqual(expected);
        expect(order).toEqual(guests.flatMap((kind, i) => (kind === 'gives up' && i > 0 ? [] : [i])));
      }),
      { numRuns: 50 },
    );
  });

  it('are not queued for without end', async () => {
    const turns = new Turns();
    let open = () => {};
    const first = turns.take(patient(), () => new Promise<void>((resolve) => (open = resolve)));
    await new Promise((resolve) => setImmediate(resolve));
    const waiting = Array.from({ length: 256 }, () => turns.take(patient(), async () => undefined));
    await expect(turns.take(patient(), async () => undefined)).rejects.toBeInstanceOf(WsmanUnavailable);
    open();
    await Promise.all([first, ...waiting]);
    await turns.take(patient(), async () => undefined);
  });
});
