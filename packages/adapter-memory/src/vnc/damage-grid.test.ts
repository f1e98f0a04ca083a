import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Area, overlap } from '../picture/area.js';
import { DamageGrid } from './damage-grid.js';

const WIDTH = 300;
const HEIGHT = 200;
const whole: Area = { x: 0, y: 0, width: WIDTH, height: HEIGHT };
const area = fc.record({
  x: fc.integer({ min: -50, max: 350 }),
  y: fc.integer({ min: -50, max: 250 }),
  width: fc.nat(200),
  height: fc.nat(200),
});

const covers = (areas: readonly Area[], x: number, y: number) =>
  areas.some((a) => x >= a.x && y >= a.y && x < a.x + a.width && y < a.y + a.height);

describe('DamageGrid', () => {
  it('gives back all that was damaged, inside the screen, once', () => {
    fc.assert(
      fc.property(fc.array(area, { maxLength: 6 }), (damage) => {
        const grid = new DamageGrid(WIDTH, HEIGHT);
        for (const part of damage) grid.add(part);
        const taken = grid.take(whole);
        let missed = 0;
        for (let y = 0; y < HEIGHT; y += 7) {
          for (let x = 0; x < WIDTH; x += 7) if (covers(damage, x, y) && !covers(taken, x, y)) missed++;
        }
        expect(missed).toBe(0);
        for (const [i, a] of taken.entries()) {
          expect(a.x >= 0 && a.y >= 0 && a.x + a.width <= WIDTH && a.y + a.height <= HEIGHT).toBe(true);
          for (const b of taken.slice(i + 1)) expect(overlap(a, b)).toBe(false);
        }
        expect(grid.take(whole)).toEqual([]);
      }),
    );
  });

  it('keeps what was not asked for', () => {
    const grid = new DamageGrid(WIDTH, HEIGHT);
    grid.add(whole);
    expect(grid.take({ x: 0, y: 0, width: 10, height: 10 })).toEqual([{ x: 0, y: 0, width: 64, height: 64 }]);
    const rest = grid.take(whole);
    expect(covers(rest, 5, 5)).toBe(false);
    expect(covers(rest, 100, 5) && covers(rest, 299, 199)).toBe(true);
  });

  it('names a small change by a small area', () => {
    const grid = new DamageGrid(1024, 768);
    grid.add({ x: 70, y: 70, width: 5, height: 5 });
    expect(grid.take({ x: 0, y: 0, width: 1024, height: 768 })).toEqual([
      { x: 64, y: 64, width: 64, height: 64 },
    ]);
  });
});
