import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keysymOf } from './keysym.js';

describe('keysyms', () => {
  it.each([
    ['a', 0x61],
    ['~', 0x7e],
    ['ÿ', 0xff],
    ['\n', 0xff0d],
    ['\t', 0xff09],
    ['€', 0x010020ac],
    ['😀', 0x0101f600],
  ])('of %j', (character, keysym) => {
    expect(keysymOf(character)).toBe(keysym);
  });

  it.each([[''], ['\0'], ['\x1b'], ['\x7f'], ['\x85'], ['\ud800']])('of %j are none', (character) => {
    expect(keysymOf(character)).toBeUndefined();
  });

  it('of Latin-1 are the characters themselves', () => {
    const printable = fc.oneof(fc.integer({ min: 0x20, max: 0x7e }), fc.integer({ min: 0xa0, max: 0xff }));
    fc.assert(fc.property(printable, (code) => keysymOf(String.fromCharCode(code)) === code));
  });
});
