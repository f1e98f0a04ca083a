import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Key } from './key-combination.js';
import { LAYOUTS } from './layout.js';
import {
  describePlan,
  nameOfCharacter,
  planTyping,
  STROKE_PAUSE_MS,
  TYPED_CHARACTERS,
  typeStrokes,
} from './typed-paste.js';

const [US] = LAYOUTS;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the plan', () => {
  it('makes one Return of every kind of line end', () => {
    expect(planTyping('a\r\nb\rc\nd', US).strokes.map(({ key }) => key.code)).toEqual([
      'KeyA',
      'Enter',
      'KeyB',
      'Enter',
      'KeyC',
      'Enter',
      'KeyD',
    ]);
  });

  it('names what cannot be typed once, in order, and leaves it out', () => {
    const { strokes, untypable } = planTyping('é…é\x1ba', US);
    expect(untypable).toEqual(['é', '…', '\x1b']);
    expect(strokes).toHaveLength(1);
  });

  it('is bounded', () => {
    expect(planTyping('x'.repeat(TYPED_CHARACTERS + 5), US).strokes).toHaveLength(TYPED_CHARACTERS);
  });

  it('says what will happen', () => {
    expect(describePlan(planTyping('', US))).toBe('Each character is pressed as a key.');
    expect(describePlan(planTyping('x'.repeat(250), US))).toBe('Takes about 10 s.');
    expect(describePlan(planTyping('aé\x1b', US))).toBe(
      'Takes about 1 s. Not on this keyboard, left out: é U+001B',
    );
    expect(describePlan(planTyping('àáâãäåæçèéêëìí', US))).toMatch(/ç è é ê ë and 2 more$/);
  });

  it('gives a name to what has no shape', () => {
    expect(['é', '\u200b', '\x1b', '\u00a0'].map(nameOfCharacter)).toEqual([
      'é',
      'U+200B',
      'U+001B',
      'U+00A0',
    ]);
  });
});

describe('typing', () => {
  it('presses Shift around a capital', async () => {
    const events: string[] = [];
    const done = typeStrokes(
      planTyping('aB', US).strokes,
      (key, down) => events.push(`${down ? '+' : '-'}${key.code}`),
      {
        signal: new AbortController().signal,
      },
    );
    await vi.runAllTimersAsync();
    expect(await done).toBe(true);
    expect(events).toEqual(['+KeyA', '-KeyA', '+ShiftLeft', '+KeyB', '-KeyB', '-ShiftLeft']);
  });

  it('leaves no key down wherever it is stopped', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ maxLength: 20 }),
        fc.nat({ max: 25 }),
        fc.constantFrom(...LAYOUTS),
        async (text, strokes, layout) => {
          const down = new Set<Key>();
          const stop = new AbortController();
          const done = typeStrokes(
            planTyping(text, layout).strokes,
            (key, isDown) => void (isDown ? down.add(key) : down.delete(key)),
            {
              signal: stop.signal,
            },
          );
          await vi.advanceTimersByTimeAsync(strokes * STROKE_PAUSE_MS);
          stop.abort();
          await vi.runAllTimersAsync();
          await done;
          expect(down.size).toBe(0);
        },
      ),
    );
  });

  it('reports its progress and that it was stopped', async () => {
    const progress: number[] = [];
    const stop = new AbortController();
    const done = typeStrokes(planTyping('abc', US).strokes, () => undefined, {
      signal: stop.signal,
      onProgress: (typed, all) => {
        progress.push(typed / all);
        if (typed === 2) stop.abort();
      },
    });
    await vi.runAllTimersAsync();
    expect(await done).toBe(false);
    expect(progress).toEqual([1 / 3, 2 / 3]);
  });
});
