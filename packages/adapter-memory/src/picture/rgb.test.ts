import { expect, it } from 'vitest';
import { toRgb } from './rgb.js';

it('a pixel is its red, green and blue, in this order', () => {
  const { width, height, rgb } = toRgb({ width: 2, height: 1, pixels: Uint32Array.of(0xff8001, 0x000203) });
  expect({ width, height, rgb: [...rgb] }).toEqual({ width: 2, height: 1, rgb: [255, 128, 1, 0, 2, 3] });
});
