import type { ViewMode } from '../shell/view-panel.js';

/** How large the machine's screen, a canvas of the size that the machine gave it, is shown in the stage. */
export class ScreenView {
  readonly #stage: HTMLElement;
  readonly #canvas: () => HTMLCanvasElement | null;
  #mode: ViewMode = 'fit';

  /** @param canvas the screen there is at the moment */
  constructor(stage: HTMLElement, canvas: () => HTMLCanvasElement | null) {
    this.#stage = stage;
    this.#canvas = canvas;
    new ResizeObserver(() => this.arrange()).observe(stage);
  }

  get canvas(): HTMLCanvasElement | null {
    return this.#canvas();
  }

  show(mode: ViewMode): void {
    this.#mode = mode;
    this.arrange();
  }

  /** To be called when there is another canvas, or it has another size. */
  arrange(): void {
    const { canvas } = this;
    if (canvas === null) return;
    const scale =
      this.#mode === 'actual'
        ? 1
        : Math.min(this.#stage.clientWidth / canvas.width, this.#stage.clientHeight / canvas.height);
    canvas.style.width = `${Math.floor(canvas.width * scale)}px`;
    canvas.style.height = `${Math.floor(canvas.height * scale)}px`;
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
}

function nearest(position: number, size: number): number {
  return Math.max(0, Math.min(size - 1, Math.floor(position)));
}
