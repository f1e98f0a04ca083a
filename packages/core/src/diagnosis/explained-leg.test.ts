import { describe, expect, it } from 'vitest';
import { explainedLeg } from './explained-leg.js';

const explain = (error: unknown) =>
  error instanceof RangeError
    ? { outcome: 'failed' as const, detail: 'out of range', advice: 'Choose less.' }
    : undefined;

describe('a leg with its own explanation of errors', () => {
  it('says what it found', async () => {
    const leg = explainedLeg('look', explain, async () => ({ outcome: 'ok', detail: 'there' }));
    expect(leg.name).toBe('look');
    expect(await leg.run()).toEqual({ outcome: 'ok', detail: 'there' });
  });

  it('explains the errors that it knows', async () => {
    const leg = explainedLeg('look', explain, () => Promise.reject(new RangeError()));
    expect(await leg.run()).toMatchObject({ outcome: 'failed', detail: 'out of range' });
  });

  it('leaves the others to the runner', async () => {
    const error = new TypeError('unknown');
    await expect(explainedLeg('look', explain, () => Promise.reject(error)).run()).rejects.toBe(error);
  });
});
