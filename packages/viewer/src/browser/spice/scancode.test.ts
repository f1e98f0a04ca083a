import { describe, expect, it } from 'vitest';
import { functionKey, KEYS, MODIFIERS } from '../keyboard/key-combination.js';
import { POSITION_LAYOUTS } from '../keyboard/layout.js';
import { scancode } from './scancode.js';

describe('scancodes', () => {
  // IBM PC scancode set 1.
  it.each([
    ['Escape', 0x01, 0x81],
    ['Digit1', 0x02, 0x82],
    ['KeyQ', 0x10, 0x90],
    ['Enter', 0x1c, 0x9c],
    ['ControlLeft', 0x1d, 0x9d],
    ['KeyA', 0x1e, 0x9e],
    ['Backquote', 0x29, 0xa9],
    ['ShiftLeft', 0x2a, 0xaa],
    ['KeyZ', 0x2c, 0xac],
    ['Slash', 0x35, 0xb5],
    ['AltLeft', 0x38, 0xb8],
    ['Space', 0x39, 0xb9],
    ['F10', 0x44, 0xc4],
    ['NumpadDecimal', 0x53, 0xd3],
    ['IntlBackslash', 0x56, 0xd6],
    ['F12', 0x58, 0xd8],
    ['IntlYen', 0x7d, 0xfd],
    ['Delete', 0x53e0, 0xd3e0],
    ['ArrowUp', 0x48e0, 0xc8e0],
    ['AltRight', 0x38e0, 0xb8e0],
    ['MetaLeft', 0x5be0, 0xdbe0],
  ])('of %s', (code, down, up) => {
    expect(scancode(code, true)).toBe(down);
    expect(scancode(code, false)).toBe(up);
  });

  it.each([[''], ['-'], ['Fn'], ['__proto__'], ['KeyÄ']])('of %j are none', (code) => {
    expect(scancode(code, true)).toBeUndefined();
    expect(scancode(code, false)).toBeUndefined();
  });

  it('are known for every key that the page can send', () => {
    const typed = POSITION_LAYOUTS.flatMap((layout) =>
      Array.from({ length: 0x250 }, (_, code) => layout.strokes(String.fromCharCode(code)) ?? []).flat(),
    ).map(({ key }) => key.code);
    const named = [...Object.values(KEYS), ...Object.values(MODIFIERS), functionKey(1), functionKey(12)].map(
      ({ code }) => code,
    );
    for (const code of [...typed, ...named]) expect(scancode(code ?? '', true), code).toBeDefined();
  });
});
