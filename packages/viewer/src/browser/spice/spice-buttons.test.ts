import { expect, it } from 'vitest';
import { spiceButton, spiceButtons } from './spice-buttons.js';

it.each([
  [0, 0],
  [1, 1], // left
  [2, 4], // right
  [4, 2], // middle
  [7, 7],
  [8 | 16 | 1, 1], // back and forward do not exist
])('buttons %i of the browser are %i of SPICE', (browser, spice) => {
  expect(spiceButtons(browser)).toBe(spice);
});

it.each([
  [0, 1],
  [1, 2],
  [2, 3],
  [3, undefined], // back: SPICE's next number is the wheel
  [4, undefined],
  [-1, undefined],
])('button %i of the browser is %s of SPICE', (browser, spice) => {
  expect(spiceButton(browser)).toBe(spice);
});
