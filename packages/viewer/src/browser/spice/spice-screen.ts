import { element } from '../shell/element.js';
import type { ViewMode } from '../shell/view-panel.js';

/** Where the library puts the machine's screen, and how large that is shown. */
export class SpiceScreen {
  /** The library looks it up by its id. */
  static readonly id = 'spice-screen';
  readonly #stage: HTMLElement;
  readonly #place = element('div', { id: SpiceScreen.id, class: 'spice-screen' });
  #mode: ViewMode = 'fit';
  #appeared: (() => void) | undefined;

  constructor(stage: HTMLElement) {
    this.#stage = stage;
    stage.append(this.#place);
    new ResizeObserver(() => this.#arrange()).observe(stage);
    // A machine that changes its resolution gets a new canvas.
    new MutationObserver(() => this.#changed()).observe(this.#place, { childList: true });
  }

  get canvas(): HTMLCanvasElement | null {
    return this.#place.querySelector('canvas');
  }

  /** Empties it for a connection; `appeared` is called when that connection's screen is there. */
  prepare(appeared: () => void): void {
    this.#place.replaceChildren();
    this.#place.style.cursor = '';
    this.#appeared = appeared;
  }

  clear(): void {
    this.#appeared = undefined;
    this.#place.replaceChildren();
  }

  view(mode: ViewMode): void {
    this.#mode = mode;
    this.#arrange();
  }

  /** The pixel of the machine's screen under a point of the window; the nearest one where it is outside. */
  pixelAt(clientX: number, clientY: number): { readonly x: number; readonly y: number } | undefined {
    const { canvas } = this;
    if (canvas === null) return undefined;
    const box = canvas.getBoundingClientRect();
    return {
      x: nearest((clientX - box.left) * (canvas.width / box.width), canvas.width),
      y: nearest((clientY - box.top) * (canvas.height / box.height), canvas.height),
    };
  }

  #changed(): void {
    const { canvas } = this;
    if (canvas === null) return;
    canvas.setAttribute('aria-label', 'Screen of the machine');
    canvas.setAttribute('role', 'application');
    this.#arrange();
    this.#appeared?.();
    this.#appeared = undefined;
  }

  #arrange(): void {
    const { canvas } = this;
    if (canvas === null) return;
    const scale =
      this.#mode === 'actual'
        ? 1
        : Math.min(this.#stage.clientWidth / canvas.width, this.#stage.clientHeight / canvas.height);
    canvas.style.width = `${Math.floor(canvas.width * scale)}px`;
    canvas.style.height = `${Math.floor(canvas.height * scale)}px`;
  }
}

function nearest(position: number, size: number): number {
  return Math.max(0, Math.min(size - 1, Math.floor(position)));
}
