import { type Area, intersection } from '../picture/area.js';

/** Side of a tile in pixels. */
const TILE = 64;

/** What one viewer has not seen yet, in tiles: as large for a busy screen as for a quiet one. */
export class DamageGrid {
  readonly #columns: number;
  readonly #rows: number;
  readonly #whole: Area;
  readonly #tiles: Uint8Array;

  constructor(width: number, height: number) {
    this.#columns = Math.ceil(width / TILE);
    this.#rows = Math.ceil(height / TILE);
    this.#whole = { x: 0, y: 0, width, height };
    this.#tiles = new Uint8Array(this.#columns * this.#rows);
  }

  add(area: Area): void {
    const { x, y, width, height } = intersection(area, this.#whole);
    if (width === 0 || height === 0) return;
    for (let row = Math.floor(y / TILE); row * TILE < y + height; row++) {
      const first = row * this.#columns + Math.floor(x / TILE);
      const last = row * this.#columns + Math.floor((x + width - 1) / TILE);
      this.#tiles.fill(1, first, last + 1);
    }
  }

  /** Takes the damaged areas that touch this one, one for each run of tiles in a row. */
  take(wanted: Area): readonly Area[] {
    const areas: Area[] = [];
    for (let row = 0; row < this.#rows; row++) areas.push(...this.#takeRow(row, wanted));
    return areas;
  }

  #takeRow(row: number, wanted: Area): readonly Area[] {
    const areas: Area[] = [];
    let start: number | undefined;
    for (let column = 0; column <= this.#columns; column++) {
      const damaged = column < this.#columns && this.#takeTile(column, row, wanted);
      if (damaged) start ??= column;
      else if (start !== undefined) {
        areas.push(this.#tileArea(start, row, column - start));
        start = undefined;
      }
    }
    return areas;
  }

  #takeTile(column: number, row: number, wanted: Area): boolean {
    const at = row * this.#columns + column;
    if (this.#tiles[at] === 0) return false;
    const touched = intersection(this.#tileArea(column, row, 1), wanted);
    if (touched.width === 0 || touched.height === 0) return false;
    this.#tiles[at] = 0;
    return true;
  }

  #tileArea(column: number, row: number, count: number): Area {
    const area = { x: column * TILE, y: row * TILE, width: count * TILE, height: TILE };
    return intersection(area, this.#whole);
  }
}
