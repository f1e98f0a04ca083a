import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Utf8Validator } from './utf8-validator.js';

function check(bytes: Uint8Array, cuts: readonly number[]): boolean {
  const validator = new Utf8Validator();
  let from = 0;
  for (const cut of [...cuts.map((c) => c % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
    if (!validator.push(bytes, from, cut)) return false;
    from = cut;
  }
  return validator.complete;
}

test('agrees with Node on bytes of every kind, cut anywhere', () => {
  const nearText = fc
    .tuple(fc.string({ unit: 'binary' }), fc.nat(), fc.nat(255), fc.boolean())
    .map(([text, at, byte, spoil]) => {
      const bytes = new TextEncoder().encode(text);
      if (spoil && bytes.length > 0) bytes[at % bytes.length] = byte;
      return bytes;
    });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), nearText), fc.array(fc.nat(), { maxLength: 4 }), (bytes, cuts) => {
      expect(check(bytes, cuts)).toBe(isUtf8(bytes));
    }),
    { numRuns: 2000 },
  );
});

test('agrees with Node on every two bytes and on the borders of longer forms', () => {
  const borders = [0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xed, 0xf4, 0xff];
  for (let first = 0; first < 256; first++) {
    for (let second = 0; second < 256; second++) {
      const bytes = Uint8Array.of(first, second);
      if (check(bytes, [1]) !== isUtf8(bytes)) throw new Error(`differs on ${bytes}`);
    }
    for (const second of borders) {
      for (const third of borders) {
        for (const fourth of borders) {
          for (const bytes of [
            Uint8Array.of(first, second, third),
            Uint8Array.of(first, second, third, fourth),
          ]) {
            if (check(bytes, []) !== isUtf8(bytes)) throw new Error(`differs on ${bytes}`);
          }
        }
      }
    }
  }
});

test('says no at the first byte that cannot be right', () => {
  const validator = new Utf8Validator();
  const bytes = Uint8Array.of(0xce, 0xba, 0xf4);
  expect(validator.push(bytes, 0, bytes.length)).toBe(true);
  expect(validator.complete).toBe(false);
  expect(validator.push(Uint8Array.of(0x90), 0, 1)).toBe(false);
});
