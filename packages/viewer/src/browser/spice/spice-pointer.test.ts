import { expect, it } from 'vitest';
import { buttonsOf } from './spice-pointer.js';

it.each([
  [0, 0],
  [1, 1], // left
  [2, 4], // right
  [4, 2], // middle
  [7, 7],
  [8 | 16 | 1, 1], // back and forward do not exist
])('buttons %i of the browser are %i of SPICE', (browser, spice) => {
  expect(buttonsOf(browser)).toBe(spice);
});
