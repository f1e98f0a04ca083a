/** A rectangle in pixels. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What two areas share; its width or height is 0 where they share nothing. */
export function intersection(a: Area, b: Area): Area {
  const x = Math.max(a.x, b.x);
  const y = Math.max(a.y, b.y);
  const width = Math.max(0, Math.min(a.x + a.width, b.x + b.width) - x);
  const height = Math.max(0, Math.min(a.y + a.height, b.y + b.height) - y);
  return { x, y, width, height };
}

export function isEmpty({ width, height }: Area): boolean {
  return width <= 0 || height <= 0;
}

export function overlap(a: Area, b: Area): boolean {
  return !isEmpty(intersection(a, b));
}
