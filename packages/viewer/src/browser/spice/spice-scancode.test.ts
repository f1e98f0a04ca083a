import { expect, it } from 'vitest';
import { spiceScancode } from './spice-scancode.js';

it.each([
  ['KeyQ', 0x10, 0x90],
  ['IntlYen', 0x7d, 0xfd],
  ['Delete', 0x53e0, 0xd3e0],
  ['ArrowUp', 0x48e0, 0xc8e0],
])('%s goes out lowest byte first, and with its highest bit when it goes up', (code, down, up) => {
  expect(spiceScancode(code, true)).toBe(down);
  expect(spiceScancode(code, false)).toBe(up);
});

it('a position that no keyboard has is none', () => {
  expect(spiceScancode('-', true)).toBeUndefined();
  expect(spiceScancode('Fn', false)).toBeUndefined();
});
