import type { ScreenView } from './screen-view.js';

/** What a machine is told of a pointer: a place where it has a tablet, a distance where it has a mouse. */
export interface PointerTarget {
  /** `absolute`: a tablet; `relative`: a mouse; `none`: not now. */
  mode(): 'absolute' | 'relative' | 'none';
  /** Whether it can take another movement. */
  ready(): boolean;
  /** @param buttons `MouseEvent.buttons` */
  move(x: number, y: number, buttons: number): void;
  /** @param button `MouseEvent.button` */
  press(button: number, down: boolean, buttons: number): void;
  /** One step of the wheel. */
  turn(direction: 'up' | 'down', buttons: number): void;
}

// One step of most wheels, in pixels, and of one line, for those that report lines.
const WHEEL_STEP_PX = 50;
const WHEEL_LINE_PX = 19;

/**
 * The pointer over the machine's screen, at any scale, with the last place of every movement. What a library listens to
 * on the canvas itself never sees these events.
 */
export class ScreenPointer {
  readonly #screen: ScreenView;
  readonly #target: PointerTarget;
  #place: { x: number; y: number } | undefined;
  #distance = { x: 0, y: 0 };
  #buttons = 0;
  #wheel = 0;
  #frame: number | undefined;

  constructor(stage: HTMLElement, screen: ScreenView, target: PointerTarget) {
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
    this.#buttons = event.buttons;
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
    this.#target.press(event.button, true, this.#buttons);
  }

  #released(event: PointerEvent): void {
    this.#moved(event);
    this.#flush();
    this.#target.press(Math.max(0, event.button), false, this.#buttons);
  }

  #turned(event: WheelEvent): void {
    event.preventDefault();
    this.#wheel +=
      event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY : event.deltaY * WHEEL_LINE_PX;
    while (Math.abs(this.#wheel) >= WHEEL_STEP_PX) {
      const direction = this.#wheel < 0 ? 'up' : 'down';
      this.#wheel -= Math.sign(this.#wheel) * WHEEL_STEP_PX;
      this.#target.turn(direction, this.#buttons);
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

async function lock(canvas: HTMLCanvasElement | null): Promise<void> {
  try {
    await canvas?.requestPointerLock();
  } catch {
    // The browser says no, such as right after Esc: the mouse then moves only over the screen.
  }
}
