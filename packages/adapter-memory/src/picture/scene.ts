import { type Area, intersection, isEmpty, overlap } from './area.js';
import type { Canvas } from './canvas.js';

/** A part of a picture. Two parts with the same key look the same; those that overlap always come in the same order. */
export interface ScenePart {
  readonly key: string;
  readonly area: Area;
  readonly draw: (canvas: Canvas) => void;
}

/** A picture made of parts, of which only what has changed is drawn again. */
export class Scene {
  readonly canvas: Canvas;
  #parts = new Map<string, ScenePart>();

  constructor(canvas: Canvas) {
    this.canvas = canvas;
  }

  /** Shows these parts in place of the ones before, and returns the areas that look different now. */
  show(parts: readonly ScenePart[]): readonly Area[] {
    const next = new Map(parts.map((part) => [part.key, part]));
    const added = parts.filter((part) => !this.#parts.has(part.key));
    const removed = [...this.#parts.values()].filter((part) => !next.has(part.key));
    this.#parts = next;
    const whole = { x: 0, y: 0, width: this.canvas.width, height: this.canvas.height };
    const changed = [...removed, ...added]
      .map((part) => intersection(part.area, whole))
      .filter((area) => !isEmpty(area));
    for (const area of changed) this.#redraw(area);
    return changed;
  }

  #redraw(area: Area): void {
    this.canvas.clipped(area, () => {
      for (const part of this.#parts.values()) {
        if (overlap(part.area, area)) this.canvas.clipped(part.area, () => part.draw(this.canvas));
      }
    });
  }
}
