import { describe, expect, it } from 'vitest';
import { LAYOUTS } from './layout.js';

const named = (name: string) =>
  LAYOUTS.find((layout) => layout.name === name) ?? expect.fail(`no layout ${name}`);
const ASCII = Array.from({ length: 95 }, (_, index) => String.fromCharCode(0x20 + index));
const typed = (layout: string, character: string) =>
  named(layout)
    .strokes(character)
    ?.map(({ key, modifiers }) => [...modifiers, key.code].join('+'))
    .join(' ');

describe('keyboard layouts', () => {
  it.each([
    ['US English', []],
    ['UK English', []],
    ['German', []],
    ['French', ['`', '~']],
    ['Any (X desktops)', []],
  ])('%s types all of ASCII but %j, Return and Tab', (name, missing) => {
    const layout = named(name);
    expect(ASCII.filter((character) => layout.strokes(character) === undefined)).toEqual(missing);
    expect(layout.strokes('\n')?.[0]?.key.keysym).toBe(0xff0d);
    expect(layout.strokes('\t')?.[0]?.key.keysym).toBe(0xff09);
  });

  // What is printed on the keys of each of these keyboards.
  it.each([
    ['US English', 'a', 'KeyA'],
    ['US English', 'A', 'Shift+KeyA'],
    ['US English', '@', 'Shift+Digit2'],
    ['US English', '\\', 'Backslash'],
    ['US English', '/', 'Slash'],
    ['US English', '\n', 'Enter'],
    ['US English', ' ', 'Space'],
    ['UK English', '@', 'Shift+Quote'],
    ['UK English', '#', 'Backslash'],
    ['UK English', '\\', 'IntlBackslash'],
    ['UK English', '£', 'Shift+Digit3'],
    ['UK English', '€', 'AltGr+Digit4'],
    ['German', 'z', 'KeyY'],
    ['German', 'Y', 'Shift+KeyZ'],
    ['German', '/', 'Shift+Digit7'],
    ['German', '{', 'AltGr+Digit7'],
    ['German', '\\', 'AltGr+Minus'],
    ['German', '@', 'AltGr+KeyQ'],
    ['German', '~', 'AltGr+BracketRight'],
    ['German', '|', 'AltGr+IntlBackslash'],
    ['German', '^', 'Backquote Space'],
    ['German', '`', 'Shift+Equal Space'],
    ['German', 'ß', 'Minus'],
    ['French', 'a', 'KeyQ'],
    ['French', 'm', 'Semicolon'],
    ['French', '1', 'Shift+Digit1'],
    ['French', 'é', 'Digit2'],
    ['French', '@', 'AltGr+Digit0'],
    ['French', '\\', 'AltGr+Digit8'],
    ['French', '.', 'Shift+Comma'],
  ])('%s types %j with %s', (layout, character, strokes) => {
    expect(typed(layout, character)).toBe(strokes);
  });

  it('has no place for what a keyboard lacks', () => {
    expect(named('US English').strokes('é')).toBeUndefined();
    expect(named('German').strokes('□')).toBeUndefined();
  });
});
