import { Font } from './font.js';
import { TEXT, TITLE } from './glyphs.js';

/** Colours of the console, 0xRRGGBB. */
export const colours = {
  background: 0x0e1116,
  panel: 0x12171e,
  line: 0x242d38,
  text: 0xc7d1dc,
  bright: 0xf2f6fa,
  dim: 0x738091,
  green: 0x6fcf97,
  blue: 0x6cb6ff,
  amber: 0xe3b341,
  red: 0xf0787a,
  marker: 0x4fd1c5,
} as const;

export const textFont = new Font(TEXT);
export const titleFont = new Font(TITLE);
