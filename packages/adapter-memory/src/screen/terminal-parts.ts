import type { Area } from '../picture/area.js';
import type { Canvas } from '../picture/canvas.js';
import type { ScenePart } from '../picture/scene.js';
import { colours, textFont } from '../picture/theme.js';
import type { Cell, TerminalGrid } from '../tty/terminal-grid.js';
import { FOOTER_HEIGHT, HEADER_HEIGHT, MARGIN } from './screen-parts.js';

const PADDING = 14;

/** The terminal in its frame, a part for each row. */
export function terminalParts(facts: {
  readonly width: number;
  readonly height: number;
  readonly grid: TerminalGrid;
}): readonly ScenePart[] {
  const frame = {
    x: MARGIN,
    y: HEADER_HEIGHT,
    width: facts.width - 2 * MARGIN,
    height: facts.height - HEADER_HEIGHT - FOOTER_HEIGHT,
  };
  const columns = Math.max(1, Math.floor((frame.width - 2 * PADDING) / textFont.width));
  const rows = Math.max(1, Math.floor((frame.height - 2 * PADDING) / textFont.height));
  const view = facts.grid.view(columns, rows);
  const rowArea = (row: number): Area => ({
    x: frame.x + PADDING,
    y: frame.y + PADDING + row * textFont.height,
    width: columns * textFont.width,
    height: textFont.height,
  });
  return [
    { key: 'terminal', area: frame, draw: (canvas) => drawFrame(canvas, frame) },
    ...view.rows.map((cells, row) => rowPart(rowArea(row), cells)),
    cursorPart(rowArea(view.cursor.row), view.cursor.column),
  ];
}

function drawFrame(canvas: Canvas, frame: Area): void {
  canvas.fill(frame, colours.panel);
  canvas.outline(frame, colours.line);
}

function rowPart(area: Area, cells: readonly Cell[]): ScenePart {
  const looks = cells.map(({ codePoint, style }) => `${codePoint}${style}`).join();
  return { key: `row ${area.y} ${looks}`, area, draw: (canvas) => drawRow(canvas, area, cells) };
}

function drawRow(canvas: Canvas, { x, y }: Area, cells: readonly Cell[]): void {
  cells.forEach(({ codePoint, style }, column) => {
    const colour = style === 'normal' ? colours.text : colours[style];
    canvas.glyph(textFont, x + column * textFont.width, y, codePoint, colour);
  });
}

function cursorPart(row: Area, column: number): ScenePart {
  const area = {
    x: row.x + column * textFont.width,
    y: row.y + 1,
    width: textFont.width,
    height: textFont.height - 2,
  };
  return { key: `cursor ${area.x} ${area.y}`, area, draw: (canvas) => canvas.fill(area, colours.text) };
}
