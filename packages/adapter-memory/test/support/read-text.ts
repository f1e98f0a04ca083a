import type { Font } from '../../src/picture/font.js';
import type { Picture } from '../../src/picture/picture.js';

const CHARACTERS = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).concat([...'·×…→']);

/**
 * Reads text off a picture as a person would: each cell is the character whose strokes are where the cell differs
 * from its background (the colour of its top left pixel). Cells that look like none are `�`.
 */
export function readText(
  { width, pixels }: Picture,
  font: Font,
  x: number,
  y: number,
  length: number,
): string {
  let text = '';
  for (let i = 0; i < length; i++) {
    const cell: boolean[] = [];
    const background = pixels[y * width + x + i * font.width];
    for (let row = 0; row < font.height; row++) {
      for (let column = 0; column < font.width; column++) {
        cell.push(pixels[(y + row) * width + x + i * font.width + column] !== background);
      }
    }
    text += CHARACTERS.find((character) => looksLike(font, character, cell)) ?? '\ufffd';
  }
  return text;
}

/** Rows of text from a corner of the picture down, without the spaces at their ends. */
export function readRows(
  picture: Picture,
  font: Font,
  x: number,
  y: number,
  columns: number,
  rows: number,
): string[] {
  return Array.from({ length: rows }, (_, row) =>
    readText(picture, font, x, y + row * font.height, columns).trimEnd(),
  );
}

function looksLike(font: Font, character: string, cell: readonly boolean[]): boolean {
  const glyph = font.glyph(character.codePointAt(0) ?? 0);
  return cell.every((inked, i) => inked === (glyph[i] ?? 0) > 0);
}
