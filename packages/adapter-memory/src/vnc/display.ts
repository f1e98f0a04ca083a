import type { Picture } from '../picture/picture.js';
import type { MachineScreen, ScreenSize } from '../screen/machine-screen.js';

/** Shortest time between two pictures, in ms. */
const FRAME_MS = 33;
const SECOND_MS = 1000;

/** Someone who watches a display. */
export interface DisplayViewer {
  /** Whether it asked for a picture that it has room for. */
  readonly waiting: boolean;
  /** These areas look different now. */
  damaged(areas: readonly { x: number; y: number; width: number; height: number }[]): void;
  /** The screen has another size; `by` is the viewer who wanted it. */
  resized(by: DisplayViewer): void;
  /** Send what is damaged, if it was asked for. */
  update(): void;
}

/** A machine's screen and all who watch it. Draws only while somebody waits for a picture. */
export class Display {
  readonly screen: MachineScreen;
  readonly #viewers = new Set<DisplayViewer>();
  #frame: NodeJS.Timeout | undefined;
  #clock: NodeJS.Timeout | undefined;
  #stale = true;
  #paintedAt = 0;

  constructor(screen: MachineScreen) {
    this.screen = screen;
  }

  get viewers(): number {
    return this.#viewers.size;
  }

  join(viewer: DisplayViewer): void {
    this.#viewers.add(viewer);
    this.#clock ??= setInterval(() => this.touch(), SECOND_MS).unref();
    this.#count();
  }

  leave(viewer: DisplayViewer): void {
    this.#viewers.delete(viewer);
    if (this.#viewers.size === 0) {
      clearInterval(this.#clock);
      clearTimeout(this.#frame);
      this.#clock = undefined;
      this.#frame = undefined;
    }
    this.#count();
  }

  /** Tells that the screen may look different now. */
  touch(): void {
    this.#stale = true;
    this.#schedule();
  }

  /** Tells that a viewer waits: it is served when the picture is fresh. */
  asked(viewer: DisplayViewer): void {
    if (this.#stale) this.#schedule();
    else viewer.update();
  }

  /** Gives the screen another size, if it can have it; everybody is told. */
  resize(size: ScreenSize, by: DisplayViewer): boolean {
    if (!this.screen.resize(size)) return false;
    for (const viewer of this.#viewers) viewer.resized(by);
    this.touch();
    return true;
  }

  /** What the screen shows now. Whoever watches sees it too, for a change is drawn only once. */
  snapshot(): Picture {
    clearTimeout(this.#frame);
    this.#paint();
    const { width, height } = this.screen;
    return { width, height, pixels: this.screen.pixels({ x: 0, y: 0, width, height }) };
  }

  #count(): void {
    this.screen.viewers = this.#viewers.size;
    this.touch();
  }

  #schedule(): void {
    if (this.#frame !== undefined || ![...this.#viewers].some((viewer) => viewer.waiting)) return;
    const wait = Math.max(0, this.#paintedAt + FRAME_MS - performance.now());
    this.#frame = setTimeout(() => this.#paint(), wait).unref();
  }

  #paint(): void {
    this.#frame = undefined;
    this.#stale = false;
    this.#paintedAt = performance.now();
    const areas = this.screen.paint();
    for (const viewer of this.#viewers) {
      viewer.damaged(areas);
      viewer.update();
    }
  }
}
