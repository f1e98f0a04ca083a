import { inflateSync } from 'node:zlib';
import type { GlyphSheet } from './glyphs.js';

/** A monospaced font of coverage masks. */
export class Font {
  readonly width: number;
  readonly height: number;
  readonly #coverage: Uint8Array;
  readonly #places = new Map<number, number>();
  readonly #fallback: number;

  constructor(sheet: GlyphSheet) {
    this.width = sheet.width;
    this.height = sheet.height;
    const packed = inflateSync(Buffer.from(sheet.deflated.join(''), 'base64'));
    this.#coverage = new Uint8Array(packed.length * 2);
    packed.forEach((byte, i) => {
      this.#coverage[2 * i] = byte >> 4;
      this.#coverage[2 * i + 1] = byte & 15;
    });
    [...sheet.characters].forEach((character, i) => {
      this.#places.set(character.codePointAt(0) ?? 0, i);
    });
    this.#fallback = this.#places.get(63) ?? 0;
  }

  /** Coverage of a glyph, 0 to 15 a pixel, row by row; a character that is not in the font looks like `?`. */
  glyph(codePoint: number): Uint8Array {
    const size = this.width * this.height;
    const at = (this.#places.get(codePoint) ?? this.#fallback) * size;
    return this.#coverage.subarray(at, at + size);
  }
}
