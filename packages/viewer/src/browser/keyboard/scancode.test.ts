import { describe, expect, it } from 'vitest';
import { functionKey, KEYS, MODIFIERS } from './key-combination.js';
import { POSITION_LAYOUTS } from './layout.js';
import { scancode } from './scancode.js';

describe('scancodes', () => {
  // IBM PC scancode set 1.
  it.each([
    ['Escape', 0x01],
    ['Digit1', 0x02],
    ['KeyQ', 0x10],
    ['Enter', 0x1c],
    ['ControlLeft', 0x1d],
    ['KeyA', 0x1e],
    ['Backquote', 0x29],
    ['ShiftLeft', 0x2a],
    ['KeyZ', 0x2c],
    ['Slash', 0x35],
    ['AltLeft', 0x38],
    ['Space', 0x39],
    ['F10', 0x44],
    ['NumpadDecimal', 0x53],
    ['IntlBackslash', 0x56],
    ['F12', 0x58],
    ['IntlYen', 0x7d],
    ['Delete', 0xe053],
    ['ArrowUp', 0xe048],
    ['AltRight', 0xe038],
    ['MetaLeft', 0xe05b],
  ])('of %s', (code, expected) => {
    expect(scancode(code)).toBe(expected);
  });

  it.each([[''], ['-'], ['Fn'], ['__proto__'], ['KeyÄ']])('of %j are none', (code) => {
    expect(scancode(code)).toBeUndefined();
  });

  it('are known for every key that the page can send', () => {
    const typed = POSITION_LAYOUTS.flatMap((layout) =>
      Array.from({ length: 0x250 }, (_, code) => layout.strokes(String.fromCharCode(code)) ?? []).flat(),
    ).map(({ key }) => key.code);
    const named = [...Object.values(KEYS), ...Object.values(MODIFIERS), functionKey(1), functionKey(12)].map(
      ({ code }) => code,
    );
    for (const code of [...typed, ...named]) expect(scancode(code ?? ''), code).toBeDefined();
  });
});
