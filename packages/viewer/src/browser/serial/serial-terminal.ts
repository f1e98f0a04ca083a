import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { Terminal } from '@xterm/xterm';
import { OutputFlow } from './output-flow.js';
import { textOf } from './serial-log.js';

const SCROLLBACK_LINES = 10_000;

// Dark in both looks of the page: the colours that machines send are made for a dark screen.
const THEME = {
  background: '#0c0f13',
  foreground: '#d8dee6',
  cursor: '#d8dee6',
  cursorAccent: '#0c0f13',
  selectionBackground: '#2f4f7a',
  black: '#2b313a',
  red: '#f4766f',
  green: '#6cc57a',
  yellow: '#dcb35c',
  blue: '#6aa9f7',
  magenta: '#c792ea',
  cyan: '#5cc5cf',
  white: '#d8dee6',
  brightBlack: '#7d8793',
  brightRed: '#ff968f',
  brightGreen: '#8fdc9a',
  brightYellow: '#f0cf85',
  brightBlue: '#93c3ff',
  brightMagenta: '#dcb3f7',
  brightCyan: '#86dde5',
  brightWhite: '#ffffff',
};

const FOUND = {
  matchBackground: '#5a4a1a',
  matchOverviewRuler: '#dcb35c',
  activeMatchBackground: '#b5851f',
  activeMatchColorOverviewRuler: '#f0cf85',
};

// Soft reset, no bracketed paste, no mouse reports.
const PLAIN_MODES = '\x1b[!p\x1b[?2004l\x1b[?1000l\x1b[?1002l\x1b[?1003l';

/** How the terminal's grid meets the window. */
export type Grid = 'fit' | 'classic';

/** The terminal: xterm.js with what this page switches on, and nothing that lets the machine act in the browser. */
export class SerialTerminal {
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #search = new SearchAddon();
  readonly #flow: OutputFlow;
  #grid: Grid = 'fit';

  /** @param typed called with the bytes that the person's keys mean */
  constructor(stage: HTMLElement, typed: (bytes: Uint8Array) => void) {
    this.#terminal = new Terminal({
      allowProposedApi: true,
      cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
      fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--mono'),
      fontSize: 14,
      lineHeight: 1.15,
      // What a machine sends is no matter for the browser's console.
      logLevel: 'off',
      // A machine must not get a person to open an address of its choice.
      linkHandler: { activate: () => undefined },
      minimumContrastRatio: 4.5,
      scrollback: SCROLLBACK_LINES,
      theme: THEME,
    });
    this.#terminal.loadAddon(this.#fit);
    this.#terminal.loadAddon(this.#search);
    this.#terminal.open(stage);
    this.#flow = new OutputFlow((data, done) => this.#terminal.write(data, done));
    const encoder = new TextEncoder();
    this.#terminal.onData((text) => typed(encoder.encode(text)));
    this.#terminal.onBinary((text) => typed(Uint8Array.from(text, (character) => character.charCodeAt(0))));
    this.#terminal.attachCustomKeyEventHandler((event) => !this.#isCopy(event));
    new ResizeObserver(() => this.#arrange()).observe(stage);
  }

  get size(): { readonly rows: number; readonly columns: number } {
    return { rows: this.#terminal.rows, columns: this.#terminal.cols };
  }

  get text(): string {
    return textOf(this.#terminal.buffer.normal);
  }

  get selection(): string {
    return this.#terminal.getSelection();
  }

  onSelectionChange(changed: () => void): void {
    this.#terminal.onSelectionChange(changed);
  }

  /** Calls back with how many places were found, and which of them is shown (1, 2, …; 0 for none). */
  onFound(found: (count: number, shown: number) => void): void {
    this.#search.onDidChangeResults(({ resultCount, resultIndex }) => found(resultCount, resultIndex + 1));
  }

  output(data: Uint8Array): void {
    this.#flow.push(data);
  }

  /** Takes back modes that a connection left behind, and marks where the next one starts. */
  startAgain(): void {
    // Leaving a second screen that was never entered would move the cursor to the top and write over what is there.
    const mainScreen = this.#terminal.buffer.active.type === 'alternate' ? '\x1b[?1049l' : '';
    this.#terminal.write(`${mainScreen}${PLAIN_MODES}\r\n\x1b[0;2m— connected again —\x1b[0m\r\n`);
  }

  paste(text: string): void {
    this.#terminal.paste(text);
  }

  find(text: string, direction: 'next' | 'previous', caseSensitive: boolean): void {
    const options = { caseSensitive, decorations: FOUND };
    if (text === '') this.#search.clearDecorations();
    else if (direction === 'next') this.#search.findNext(text, options);
    else this.#search.findPrevious(text, options);
  }

  stopFinding(): void {
    this.#search.clearDecorations();
  }

  grid(grid: Grid): void {
    this.#grid = grid;
    this.#arrange();
  }

  screenReader(on: boolean): void {
    this.#terminal.options.screenReaderMode = on;
  }

  focus(): void {
    this.#terminal.focus();
  }

  #arrange(): void {
    if (this.#grid === 'fit') this.#fit.fit();
    else this.#terminal.resize(80, 24);
  }

  // Ctrl-Shift-C would open the browser's tools; Ctrl-Shift-V is the browser's own paste already.
  #isCopy({ type, ctrlKey, shiftKey, code }: KeyboardEvent): boolean {
    if (type !== 'keydown' || !ctrlKey || !shiftKey || code !== 'KeyC') return false;
    document.execCommand('copy');
    return true;
  }
}
