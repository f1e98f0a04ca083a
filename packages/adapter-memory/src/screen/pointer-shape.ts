import type { Cursor } from '@remote-consoles/rfb';
import { colours } from '../picture/theme.js';

const SHAPE = [
  'X           ',
  'XX          ',
  'X.X         ',
  'X..X        ',
  'X...X       ',
  'X....X      ',
  'X.....X     ',
  'X......X    ',
  'X.......X   ',
  'X........X  ',
  'X.........X ',
  'X......XXXXX',
  'X...X..X    ',
  'X..XX..X    ',
  'X.X  X..X   ',
  'XX   X..X   ',
  'X     X..X  ',
  '      X..X  ',
  '       XX   ',
];
const PIXELS = [...SHAPE.join('')];

/** The mouse pointer: an arrow whose tip is its hotspot. */
export const pointerShape: Cursor = {
  width: 12,
  height: SHAPE.length,
  hotspotX: 0,
  hotspotY: 0,
  colours: Uint32Array.from(PIXELS, (pixel) => (pixel === '.' ? colours.bright : colours.background)),
  mask: Uint8Array.from(PIXELS, (pixel) => Number(pixel !== ' ')),
};
