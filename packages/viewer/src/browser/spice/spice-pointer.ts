import type { SpiceScreen } from './spice-screen.js';

/** What the machine is told of a pointer: a place where it has a tablet, a distance where it has a mouse. */
export interface PointerTarget {
  /** `absolute`: a tablet; `relative`: a mouse; `none`: not now. */
  mode(): 'absolute' | 'relative' | 'none';
  /** Whether it can take another movement; it acknowledges them in bunches. */
  ready(): boolean;
  move(x: number, y: number, buttons: number): void;
  /** @param button SPICE's number: 1 left, 2 middle, 3 right, 4 wheel up, 5 wheel down */
  button(button: number, down: boolean, buttons: number): void;
}

// One step of most wheels, in pixels, and of one line, for those that report lines.
const WHEEL_STEP_PX = 50;
const WHEEL_LINE_PX = 19;

/**
 * The pointer over the machine's screen. The library's own handling knows no scaling and drops the last place of a
 * movement when the machine is slow, so its handlers on the canvas never see these events.
 */
export class SpicePointer {
  readonly #screen: SpiceScreen;
  readonly #target: PointerTarget;
  #place: { x: number; y: number } | undefined;
  #distance = { x: 0, y: 0 };
  #buttons = 0;
  #wheel = 0;
  #frame: number | undefined;

  constructor(stage: HTMLElement, screen: SpiceScreen, target: PointerTarget) {
    this.#screen = screen;
    this.#target = target;
    const take = <K extends keyof HTMLElementEventMap>(
      type: K,
      handle: (event: HTMLElementEventMap[K]) => void,
    ): void =>
      stage.addEventListener(
        type,
        (event) => {
          if (event.target !== screen.canvas) return;
          event.stopPropagation();
          handle(event);
        },
        { capture: true, passive: false },
      );
    take('pointermove', (event) => this.#moved(event));
    take('pointerdown', (event) => this.#pressed(event));
    take('pointerup', (event) => this.#released(event));
    take('pointercancel', (event) => this.#released(event));
    take('wheel', (event) => this.#turned(event));
    take('contextmenu', (event) => event.preventDefault());
    for (const type of ['mousemove', 'mousedown', 'mouseup', 'mouseover', 'mouseout'] as const) {
      take(type, () => undefined);
    }
  }

  #moved(event: PointerEvent): void {
    this.#buttons = buttonsOf(event.buttons);
    this.#note(event);
    this.#schedule();
  }

  #pressed(event: PointerEvent): void {
    const canvas = this.#screen.canvas;
    canvas?.focus({ preventScroll: true });
    if (this.#target.mode() === 'relative' && event.pointerType === 'mouse') void lock(canvas);
    else canvas?.setPointerCapture(event.pointerId);
    this.#moved(event);
    this.#flush();
    this.#target.button(event.button + 1, true, this.#buttons);
  }

  #released(event: PointerEvent): void {
    this.#moved(event);
    this.#flush();
    this.#target.button(Math.max(0, event.button) + 1, false, this.#buttons);
  }

  #turned(event: WheelEvent): void {
    event.preventDefault();
    this.#wheel +=
      event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY : event.deltaY * WHEEL_LINE_PX;
    while (Math.abs(this.#wheel) >= WHEEL_STEP_PX) {
      const button = this.#wheel < 0 ? 4 : 5;
      this.#wheel -= Math.sign(this.#wheel) * WHEEL_STEP_PX;
      this.#target.button(button, true, this.#buttons);
      this.#target.button(button, false, this.#buttons);
    }
  }

  #note(event: PointerEvent): void {
    if (this.#target.mode() === 'relative') {
      this.#distance.x += event.movementX;
      this.#distance.y += event.movementY;
    } else {
      this.#place = this.#screen.pixelAt(event.clientX, event.clientY);
    }
  }

  #schedule(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      if (this.#target.ready()) this.#flush();
      else this.#schedule();
    });
  }

  #flush(): void {
    const mode = this.#target.mode();
    if (mode === 'absolute' && this.#place !== undefined) {
      this.#target.move(this.#place.x, this.#place.y, this.#buttons);
    }
    if (mode === 'relative' && (this.#distance.x !== 0 || this.#distance.y !== 0)) {
      this.#target.move(this.#distance.x, this.#distance.y, this.#buttons);
    }
    this.#place = undefined;
    this.#distance = { x: 0, y: 0 };
  }
}

/** From the browser's order of buttons (left, right, middle) to SPICE's (left, middle, right). */
export function buttonsOf(buttons: number): number {
  return (buttons & 1) | ((buttons & 4) >> 1) | ((buttons & 2) << 1);
}

async function lock(canvas: HTMLCanvasElement | null): Promise<void> {
  try {
    await canvas?.requestPointerLock();
  } catch {
    // The browser says no, such as right after Esc: the mouse then moves only over the screen.
  }
}
