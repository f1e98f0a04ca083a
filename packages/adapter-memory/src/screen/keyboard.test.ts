import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Keyboard } from './keyboard.js';

const CONTROL_LEFT = 0xffe3;
const press = (keyboard: Keyboard, keysym: number) => new TextDecoder().decode(keyboard.press(keysym, true));

describe('Keyboard', () => {
  it.each([
    ['a', 0x61, 'a'],
    ['Latin-1', 0xfc, 'ü'],
    ['Unicode', 0x0100_20ac, '€'],
    ['beyond the first plane', 0x0101_f600, '😀'],
    ['Return', 0xff0d, '\r'],
    ['Enter of the keypad', 0xff8d, '\r'],
    ['Backspace', 0xff08, '\u007f'],
    ['Up', 0xff52, '\u001b[A'],
    ['7 of the keypad', 0xffb7, '7'],
    ['/ of the keypad', 0xffaf, '/'],
    ['Shift', 0xffe1, ''],
    ['a surrogate', 0x0100_d800, ''],
    ['nonsense', 0xffffffff, ''],
  ])('sends %s as a terminal does', (_, keysym, text) => {
    expect(press(new Keyboard(), keysym)).toBe(text);
  });

  it('sends nothing when a key goes up', () => {
    expect(new Keyboard().press(0x61, false)).toHaveLength(0);
  });

  it('sends control characters while Control is down, and only then', () => {
    const keyboard = new Keyboard();
    keyboard.press(CONTROL_LEFT, true);
    expect([0x63, 0x43, 0x75, 0x31].map((keysym) => press(keyboard, keysym))).toEqual([
      '\u0003',
      '\u0003',
      '\u0015',
      '',
    ]);
    keyboard.press(CONTROL_LEFT, false);
    expect(press(keyboard, 0x63)).toBe('c');
  });

  it('takes any keysym', () => {
    fc.assert(fc.property(fc.nat(0xffffffff), (keysym) => new Keyboard().press(keysym, true).length < 8));
  });
});
