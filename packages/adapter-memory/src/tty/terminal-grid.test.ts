import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TerminalGrid } from './terminal-grid.js';

function show(text: string, columns = 20, rows = 5) {
  const grid = new TerminalGrid();
  grid.write(text);
  const view = grid.view(columns, rows);
  const lines = view.rows.map((row) => String.fromCodePoint(...row.map((cell) => cell.codePoint)));
  return { lines, cursor: view.cursor, rows: view.rows };
}

describe('TerminalGrid', () => {
  it('shows lines and the cursor behind the last', () => {
    expect(show('one\r\ntwo')).toMatchObject({ lines: ['one', 'two'], cursor: { row: 1, column: 3 } });
    expect(show('')).toMatchObject({ lines: [''], cursor: { row: 0, column: 0 } });
  });

  it('shows the last rows that fit', () => {
    expect(show('1\r\n2\r\n3\r\n4', 20, 2)).toMatchObject({
      lines: ['3', '4'],
      cursor: { row: 1, column: 1 },
    });
  });

  it('wraps long lines, and the cursor with them', () => {
    expect(show('abcdefgh', 3)).toMatchObject({ lines: ['abc', 'def', 'gh'], cursor: { row: 2, column: 2 } });
    expect(show('abcdef', 3)).toMatchObject({ lines: ['abc', 'def', ''], cursor: { row: 2, column: 0 } });
    expect(show('abcdef\r\n', 3).lines).toEqual(['abc', 'def', '']);
  });

  it('keeps the cursor in sight when it goes back to the start of a line that is too long', () => {
    expect(show('abcdef\r', 2, 2)).toMatchObject({ lines: ['cd', 'ef'], cursor: { row: 0, column: 0 } });
  });

  it('rubs out as a line editor does, and overwrites from the left', () => {
    expect(show('dax\b \bte').lines).toEqual(['date']);
    expect(show('hello\rJ').lines).toEqual(['Jello']);
    expect(show('hello\rJ\u001b[K').lines).toEqual(['J']);
  });

  it('clears the screen', () => {
    expect(show('old\r\nold\u001b[2J\u001b[Hnew')).toMatchObject({
      lines: ['new'],
      cursor: { row: 0, column: 3 },
    });
  });

  it('keeps the style of each character', () => {
    const [row = []] = show('\u001b[32mg\u001b[0mn\u001b[2md\u001b[777mx').rows;
    expect(row.map((cell) => cell.style)).toEqual(['green', 'normal', 'dim', 'dim']);
  });

  it('swallows sequences that it does not know, cut anywhere', () => {
    const grid = new TerminalGrid();
    for (const piece of ['a\u001b', '[', '12;', '3', 'q', 'b\u001b]0;']) grid.write(piece);
    const [row = []] = grid.view(20, 1).rows;
    expect(String.fromCodePoint(...row.map((cell) => cell.codePoint))).toBe('ab0;');
  });

  it('holds a few hundred lines and no endless one', () => {
    const grid = new TerminalGrid();
    grid.write('x\r\n'.repeat(10_000));
    expect(grid.view(20, 100_000).rows.length).toBeLessThan(500);
    grid.write('y'.repeat(100_000));
    expect(grid.view(20, 100_000).rows.length).toBeLessThan(1000);
  });

  it('never shows more than fits, nor a cursor outside', () => {
    const text = fc.array(
      fc.constantFrom('a', 'bc', '\r', '\n', '\b', '\u001b[K', '\u001b[2J', '\u001b[1m', '\u001b['),
    );
    fc.assert(
      fc.property(
        text,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 5 }),
        (pieces, columns, rows) => {
          const view = show(pieces.join(''), columns, rows);
          expect(view.rows.length).toBeLessThanOrEqual(rows);
          for (const row of view.rows) expect(row.length).toBeLessThanOrEqual(columns);
          expect(view.cursor.column).toBeLessThan(columns);
          expect(view.cursor.row).toBeGreaterThanOrEqual(0);
          expect(view.cursor.row).toBeLessThan(view.rows.length);
        },
      ),
    );
  });
});
