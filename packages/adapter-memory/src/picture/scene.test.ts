import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Canvas } from './canvas.js';
import { Scene, type ScenePart } from './scene.js';

const WIDTH = 24;
const HEIGHT = 16;

function part(colour: number, x: number, y: number, width: number, height: number): ScenePart {
  const area = { x, y, width, height };
  return { key: `${colour} ${x} ${y} ${width} ${height}`, area, draw: (canvas) => canvas.fill(area, colour) };
}

const parts = fc
  .uniqueArray(
    fc
      .tuple(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: -4, max: 22 }),
        fc.nat(15),
        fc.nat(12),
        fc.nat(9),
      )
      .map((numbers) => part(...numbers)),
    { selector: ({ key }) => key, maxLength: 8 },
  )
  .map((some) => [part(9, 0, 0, WIDTH, HEIGHT), ...some]);

describe('Scene', () => {
  it('looks as if it had been drawn anew, and names every pixel that changed', () => {
    fc.assert(
      fc.property(fc.array(parts, { minLength: 1, maxLength: 5 }), (pictures) => {
        const scene = new Scene(new Canvas(WIDTH, HEIGHT));
        for (const [index, shown] of pictures.entries()) {
          const before = [...scene.canvas.pixels];
          const parts = ordered(pictures[index - 1] ?? [], shown);
          const changed = scene.show(parts);
          const anew = new Scene(new Canvas(WIDTH, HEIGHT));
          anew.show(parts);
          expect([...scene.canvas.pixels]).toEqual([...anew.canvas.pixels]);
          const unnamed = before.findIndex((pixel, i) => {
            const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)];
            const named = changed.some(
              (a) => x >= a.x && y >= a.y && x < a.x + a.width && y < a.y + a.height,
            );
            return pixel !== scene.canvas.pixels[i] && !named;
          });
          expect(unnamed).toBe(-1);
        }
      }),
    );
  });

  it('draws nothing where nothing has changed', () => {
    const scene = new Scene(new Canvas(WIDTH, HEIGHT));
    let drawn = 0;
    const counted = { ...part(1, 0, 0, 5, 5), draw: () => drawn++ };
    expect(scene.show([counted])).toEqual([counted.area]);
    expect(scene.show([counted])).toEqual([]);
    expect(drawn).toBe(1);
  });

  it('uncovers what lay under a part that left', () => {
    const scene = new Scene(new Canvas(4, 1));
    const under = part(1, 0, 0, 4, 1);
    scene.show([under, part(2, 1, 0, 2, 1)]);
    expect([...scene.canvas.pixels]).toEqual([1, 2, 2, 1]);
    expect(scene.show([under])).toEqual([{ x: 1, y: 0, width: 2, height: 1 }]);
    expect([...scene.canvas.pixels]).toEqual([1, 1, 1, 1]);
  });
});

/** The parts of `now` with those that were there before first, in their old order. */
function ordered(before: readonly ScenePart[], now: readonly ScenePart[]): readonly ScenePart[] {
  const stayed = before.filter(({ key }) => now.some((part) => part.key === key));
  return [...stayed, ...now.filter(({ key }) => !stayed.some((part) => part.key === key))];
}
