import { ScreenView } from '../screen/screen-view.js';
import { element } from '../shell/element.js';

/** The canvas that the library draws on, one for each connection. */
export class RdpScreen {
  readonly view: ScreenView;
  readonly #stage: HTMLElement;
  #canvas: HTMLCanvasElement | null = null;

  constructor(stage: HTMLElement) {
    this.#stage = stage;
    this.view = new ScreenView(stage, () => this.#canvas);
  }

  /** The space there is for it, in pixels of the page. */
  get room(): { readonly width: number; readonly height: number } {
    return { width: this.#stage.clientWidth, height: this.#stage.clientHeight };
  }

  prepare(): HTMLCanvasElement {
    this.clear();
    const canvas = element('canvas', {
      tabindex: '0',
      role: 'application',
      'aria-label': 'Screen of the machine',
    });
    this.#canvas = canvas;
    this.#stage.append(canvas);
    // The library gives it the size of the machine's screen, first only when its session already runs.
    new MutationObserver(() => this.view.arrange()).observe(canvas, { attributeFilter: ['width', 'height'] });
    return canvas;
  }

  clear(): void {
    this.#canvas?.remove();
    this.#canvas = null;
  }

  /**
   * Shows the machine's own pointer.
   *
   * @param kind `default`, `hidden` or `url`; of the last, `data` is a data URL and the rest the point that points
   */
  point(kind: string, data: string | undefined, x: number | undefined, y: number | undefined): void {
    if (this.#canvas === null) return;
    this.#canvas.style.cursor =
      kind === 'url' && data !== undefined
        ? `url(${JSON.stringify(data)}) ${Math.round(x ?? 0)} ${Math.round(y ?? 0)}, default`
        : kind === 'hidden'
          ? 'none'
          : 'default';
  }
}
