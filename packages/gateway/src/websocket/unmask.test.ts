import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unmask, unmaskShort } from './unmask.js';

/** RFC 6455 §5.3 word for word. */
function reference(payload: Uint8Array, key: Uint8Array, phase: number): number[] {
  return [...payload].map((byte, i) => byte ^ (key[(i + phase) % 4] ?? 0));
}

test('takes the mask off and moves the bytes, at every alignment, length and phase', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 0, maxLength: 300 }),
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.nat(7),
      fc.nat(40),
      fc.nat(40),
      (payload, key, phase, to, gap) => {
        const offset = payload.length % 5;
        const storage = new Uint8Array(offset + to + gap + payload.length + 9).fill(0xee);
        const bytes = storage.subarray(offset);
        const from = to + gap;
        bytes.set(payload, from);
        unmask(bytes, from, to, payload.length, new DataView(key.buffer, key.byteOffset).getInt32(0), phase);

        expect([...bytes.subarray(to, to + payload.length)]).toEqual(reference(payload, key, phase));
        expect([...bytes.subarray(0, to)].every((byte) => byte === 0xee)).toBe(true);
        expect([...bytes.subarray(from + payload.length)].every((byte) => byte === 0xee)).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});

test('takes the mask off a short payload whose key is before it, and moves it over the key', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 125 }),
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.nat(20),
      (payload, key, gap) => {
        const bytes = new Uint8Array(gap + 4 + payload.length + 9).fill(0xee);
        const from = gap + 4;
        bytes.set(key, gap);
        bytes.set(payload, from);
        unmaskShort(bytes, from, 0, payload.length);
        expect([...bytes.subarray(0, payload.length)]).toEqual(reference(payload, key, 0));
        expect([...bytes.subarray(from + payload.length)].every((byte) => byte === 0xee)).toBe(true);
      },
    ),
  );
});
