import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readText } from '../../test/support/read-text.js';
import { Canvas } from './canvas.js';
import { textFont, titleFont } from './theme.js';

const area = fc.record({
  x: fc.integer({ min: -20, max: 60 }),
  y: fc.integer({ min: -20, max: 60 }),
  width: fc.nat(50),
  height: fc.nat(50),
});

describe('Canvas', () => {
  it('writes every printable character so that it can be told from the others', () => {
    const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join('');
    for (const font of [textFont, titleFont]) {
      const canvas = new Canvas(95 * font.width, font.height);
      canvas.text(font, 0, 0, printable, 0xffffff);
      expect(readText(canvas, font, 0, 0, 95)).toBe(printable);
    }
  });

  it('shows a question mark for what the font has not', () => {
    const canvas = new Canvas(textFont.width, textFont.height);
    canvas.text(textFont, 0, 0, '漢', 0xffffff);
    expect(readText(canvas, textFont, 0, 0, 1)).toBe('?');
  });

  it('never draws outside the clip area, whatever is drawn wherever', () => {
    fc.assert(
      fc.property(area, area, (clip, shape) => {
        const canvas = new Canvas(40, 30);
        canvas.clipped(clip, () => {
          canvas.fill(shape, 1);
          canvas.outline(shape, 2);
          canvas.circle(shape.x, shape.y, shape.width / 2, 3, 2);
          canvas.text(textFont, shape.x, shape.y, 'Mj', 4);
        });
        const spilt = canvas.pixels.findIndex((pixel, i) => {
          const [x, y] = [i % 40, Math.floor(i / 40)];
          const inside = x >= clip.x && y >= clip.y && x < clip.x + clip.width && y < clip.y + clip.height;
          return pixel !== 0 && !inside;
        });
        expect(spilt).toBe(-1);
      }),
    );
  });

  it('fills what lies inside and copies it back', () => {
    const canvas = new Canvas(4, 3);
    canvas.fill({ x: 1, y: 1, width: 9, height: 1 }, 7);
    expect([...canvas.pixels]).toEqual([0, 0, 0, 0, 0, 7, 7, 7, 0, 0, 0, 0]);
    expect([...canvas.copy({ x: 0, y: 0, width: 2, height: 2 })]).toEqual([0, 0, 0, 7]);
  });

  it('draws a ring with a hole in it', () => {
    const canvas = new Canvas(21, 21);
    canvas.circle(10, 10, 8, 0xffffff, 2);
    const at = (x: number, y: number) => canvas.pixels[y * 21 + x];
    expect([at(10, 10), at(10, 3), at(3, 10), at(0, 0)]).toEqual([0, 0xffffff, 0xffffff, 0]);
  });
});
