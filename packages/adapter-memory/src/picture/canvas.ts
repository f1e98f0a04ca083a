import { type Area, intersection, isEmpty } from './area.js';
import type { Font } from './font.js';

/** A picture of 0xRRGGBB pixels. Whatever is drawn stays inside the clip area. */
export class Canvas {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint32Array;
  #clip: Area;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.pixels = new Uint32Array(width * height);
    this.#clip = { x: 0, y: 0, width, height };
  }

  /** Draws with everything outside the area left as it is. */
  clipped(area: Area, draw: () => void): void {
    const before = this.#clip;
    this.#clip = intersection(before, area);
    if (!isEmpty(this.#clip)) draw();
    this.#clip = before;
  }

  fill(area: Area, colour: number): void {
    const { x, y, width, height } = intersection(area, this.#clip);
    if (width === 0) return;
    for (let row = y; row < y + height; row++) {
      this.pixels.fill(colour, row * this.width + x, row * this.width + x + width);
    }
  }

  /** An outline one pixel wide, inside the area. */
  outline({ x, y, width, height }: Area, colour: number): void {
    this.fill({ x, y, width, height: 1 }, colour);
    this.fill({ x, y: y + height - 1, width, height: 1 }, colour);
    this.fill({ x, y, width: 1, height }, colour);
    this.fill({ x: x + width - 1, y, width: 1, height }, colour);
  }

  /** A filled circle, or a ring where `thickness` is less than the radius; smooth at its edges. */
  circle(centreX: number, centreY: number, radius: number, colour: number, thickness = radius): void {
    const size = Math.ceil(radius) + 1;
    for (let y = -size; y <= size; y++) {
      for (let x = -size; x <= size; x++) {
        const distance = Math.hypot(x, y);
        const outside = clamp(radius + 0.5 - distance);
        const inside = thickness >= radius ? 1 : clamp(distance - (radius - thickness) + 0.5);
        this.#blend(centreX + x, centreY + y, colour, outside * inside);
      }
    }
  }

  /** One line of text; its top left corner is at x, y. Returns where the next character would be. */
  text(font: Font, x: number, y: number, text: string, colour: number): number {
    let at = x;
    for (const character of text) {
      this.glyph(font, at, y, character.codePointAt(0) ?? 0, colour);
      at += font.width;
    }
    return at;
  }

  glyph(font: Font, x: number, y: number, codePoint: number, colour: number): void {
    const area = { x, y, width: font.width, height: font.height };
    const seen = intersection(area, this.#clip);
    if (isEmpty(seen)) return;
    const coverage = font.glyph(codePoint);
    for (let row = seen.y; row < seen.y + seen.height; row++) {
      for (let column = seen.x; column < seen.x + seen.width; column++) {
        const cover = coverage[(row - y) * font.width + (column - x)] ?? 0;
        if (cover === 0) continue;
        const at = row * this.width + column;
        this.pixels[at] = cover === 15 ? colour : mix(this.pixels[at] ?? 0, colour, cover / 15);
      }
    }
  }

  /** A copy of the pixels of an area that lies inside the picture. */
  copy({ x, y, width, height }: Area): Uint32Array {
    const pixels = new Uint32Array(width * height);
    for (let row = 0; row < height; row++) {
      const at = (y + row) * this.width + x;
      pixels.set(this.pixels.subarray(at, at + width), row * width);
    }
    return pixels;
  }

  #blend(x: number, y: number, colour: number, cover: number): void {
    const clip = this.#clip;
    if (cover <= 0 || x < clip.x || y < clip.y || x >= clip.x + clip.width || y >= clip.y + clip.height)
      return;
    const at = y * this.width + x;
    // Sixteen steps, as the glyphs have: few colours are what Tight packs well.
    this.pixels[at] = mix(this.pixels[at] ?? 0, colour, Math.round(cover * 15) / 15);
  }
}

function mix(under: number, over: number, cover: number): number {
  const channel = (shift: number): number => {
    const from = (under >>> shift) & 0xff;
    return Math.round(from + (((over >>> shift) & 0xff) - from) * cover) << shift;
  };
  return channel(16) | channel(8) | channel(0);
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
