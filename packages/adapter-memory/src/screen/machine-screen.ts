import { type Clock, type Server, serverStatus } from '@remote-consoles/core';
import type { Area } from '../picture/area.js';
import { Canvas } from '../picture/canvas.js';
import { Scene, type ScenePart } from '../picture/scene.js';
import { colours } from '../picture/theme.js';
import { TerminalGrid } from '../tty/terminal-grid.js';
import type { Tty } from '../tty/tty.js';
import { Keyboard } from './keyboard.js';
import { footerParts, headerParts, markerParts, type PointerMark } from './screen-parts.js';
import { terminalParts } from './terminal-parts.js';

/** Sizes that a screen may have, in pixels. */
export const SCREEN_LIMITS = { minWidth: 320, minHeight: 200, maxWidth: 2560, maxHeight: 1600 } as const;

export interface ScreenSize {
  readonly width: number;
  readonly height: number;
}

/** What a simulated machine shows: who it is, the time, its terminal, and where it was clicked. */
export class MachineScreen {
  readonly #server: () => Server;
  readonly #clock: Clock;
  readonly #tty: Tty;
  readonly #grid = new TerminalGrid();
  readonly #keyboard = new Keyboard();
  #scene: Scene;
  #pointer = { x: 0, y: 0, buttons: 0 };
  #mark: PointerMark | undefined;
  /** How many watch; shown on the screen. */
  viewers = 0;

  constructor(server: () => Server, tty: Tty, clock: Clock, size: ScreenSize) {
    this.#server = server;
    this.#tty = tty;
    this.#clock = clock;
    this.#scene = new Scene(new Canvas(size.width, size.height));
    this.#grid.write(tty.scrollback);
    tty.attach((text) => this.#grid.write(text));
  }

  get width(): number {
    return this.#scene.canvas.width;
  }

  get height(): number {
    return this.#scene.canvas.height;
  }

  /** Where the mouse pointer is. */
  get pointer(): { readonly x: number; readonly y: number } {
    return this.#pointer;
  }

  /** Whether the screen took the size: it keeps to its limits. The next `paint` draws all of it. */
  resize({ width, height }: ScreenSize): boolean {
    const { minWidth, minHeight, maxWidth, maxHeight } = SCREEN_LIMITS;
    if (width < minWidth || height < minHeight || width > maxWidth || height > maxHeight) return false;
    this.#scene = new Scene(new Canvas(width, height));
    return true;
  }

  key(keysym: number, down: boolean): void {
    const bytes = this.#keyboard.press(keysym, down);
    if (bytes.length > 0) this.#tty.type(bytes);
  }

  /** @param buttons bit 0 left, 1 middle, 2 right, then the wheel */
  point(x: number, y: number, buttons: number): void {
    const at = { x: Math.min(x, this.width - 1), y: Math.min(y, this.height - 1) };
    const pressed = buttons & ~this.#pointer.buttons;
    this.#pointer = { ...at, buttons };
    if (pressed !== 0) this.#mark = { ...at, button: Math.log2(pressed & -pressed) };
  }

  /** Draws what has changed since the last time; returns where. */
  paint(): readonly Area[] {
    return this.#scene.show(this.#parts());
  }

  /** The pixels of an area that lies inside the screen, 0xRRGGBB. */
  pixels(area: Area): Uint32Array {
    return this.#scene.canvas.copy(area);
  }

  #parts(): readonly ScenePart[] {
    const { width, height } = this;
    const server = this.#server();
    const whole = { x: 0, y: 0, width, height };
    return [
      { key: 'background', area: whole, draw: (canvas) => canvas.fill(whole, colours.background) },
      ...headerParts({ width, server, status: serverStatus(server), now: this.#clock.now() }),
      ...terminalParts({ width, height, grid: this.#grid }),
      ...footerParts({ width, height, mark: this.#mark, viewers: this.viewers }),
      ...markerParts(this.#mark),
    ];
  }
}
