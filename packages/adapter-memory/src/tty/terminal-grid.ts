/** How a character looks. */
export type TextStyle = 'normal' | 'bright' | 'dim' | 'green' | 'blue' | 'amber' | 'red';

export interface Cell {
  readonly codePoint: number;
  readonly style: TextStyle;
}

/** What a terminal of some size shows, and where its cursor is. */
export interface TerminalView {
  readonly rows: readonly (readonly Cell[])[];
  readonly cursor: { readonly row: number; readonly column: number };
}

const MAX_LINES = 400;
const MAX_LINE_LENGTH = 4096;
const MAX_SEQUENCE = 32;

/** Styles by the number of "select graphic rendition" (ECMA-48 §8.3.117). */
const STYLES: ReadonlyMap<string, TextStyle> = new Map([
  ['', 'normal'],
  ['0', 'normal'],
  ['1', 'bright'],
  ['2', 'dim'],
  ['31', 'red'],
  ['32', 'green'],
  ['33', 'amber'],
  ['34', 'blue'],
]);

/** The text of a terminal: what a line editor and a shell need of ECMA-48, and no more. Lines wrap when looked at. */
export class TerminalGrid {
  #lines: Cell[][] = [[]];
  #column = 0;
  #style: TextStyle = 'normal';
  /** The control sequence that is being read, or undefined between sequences. */
  #sequence: string | undefined;

  write(text: string): void {
    for (const character of text) {
      if (this.#sequence === undefined) this.#put(character);
      else this.#continueSequence(this.#sequence + character);
    }
  }

  /** The last rows that fit; long lines are wrapped. A cursor above them is shown in the first. */
  view(columns: number, rows: number): TerminalView {
    const shown = [...wrap(this.#current, columns, this.#column)];
    const cursorFromEnd = shown.length - Math.floor(this.#column / columns);
    for (let i = this.#lines.length - 2; i >= 0 && shown.length < rows; i--) {
      shown.unshift(...wrap(this.#lines[i] ?? [], columns, 0));
    }
    const visible = shown.slice(-rows);
    const row = Math.max(0, visible.length - cursorFromEnd);
    return { rows: visible, cursor: { row, column: this.#column % columns } };
  }

  get #current(): Cell[] {
    return this.#lines[this.#lines.length - 1] ?? [];
  }

  #put(character: string): void {
    switch (character) {
      case '\u001b':
        this.#sequence = '';
        return;
      case '\n':
        this.#newLine();
        return;
      case '\r':
        this.#column = 0;
        return;
      case '\b':
        this.#column = Math.max(0, this.#column - 1);
        return;
    }
    const codePoint = character.codePointAt(0) ?? 0;
    if (codePoint < 32 || this.#column >= MAX_LINE_LENGTH) return;
    this.#current[this.#column++] = { codePoint, style: this.#style };
  }

  #newLine(): void {
    this.#lines.push([]);
    if (this.#lines.length > MAX_LINES) this.#lines.shift();
    this.#column = 0;
  }

  #continueSequence(sequence: string): void {
    const complete = /^\[([\d;]*)([@-~])$/.exec(sequence);
    if (complete) this.#obey(complete[1] ?? '', complete[2] ?? '');
    const unfinished = /^\[[\d;]*$/.test(sequence) && sequence.length < MAX_SEQUENCE;
    this.#sequence = unfinished ? sequence : undefined;
  }

  #obey(parameters: string, final: string): void {
    if (final === 'm') this.#style = STYLES.get(parameters) ?? this.#style;
    if (final === 'K') this.#current.length = this.#column;
    if (final === 'J' && parameters === '2') {
      this.#lines = [[]];
      this.#column = 0;
    }
  }
}

/** Rows of a line; one more than the text needs where the cursor stands behind it. */
function wrap(line: readonly Cell[], columns: number, cursorColumn: number): readonly (readonly Cell[])[] {
  const count = Math.floor(Math.max(line.length - 1, cursorColumn, 0) / columns) + 1;
  return Array.from({ length: count }, (_, i) => line.slice(i * columns, (i + 1) * columns));
}
