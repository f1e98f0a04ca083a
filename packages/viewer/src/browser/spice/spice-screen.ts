import { ScreenView } from '../screen/screen-view.js';
import { element } from '../shell/element.js';

/** Where the library puts the machine's screen. */
export class SpiceScreen {
  /** The library looks it up by its id. */
  static readonly id = 'spice-screen';
  readonly view: ScreenView;
  readonly #place = element('div', { id: SpiceScreen.id, class: 'spice-screen' });
  #appeared: (() => void) | undefined;

  constructor(stage: HTMLElement) {
    stage.append(this.#place);
    this.view = new ScreenView(stage, () => this.#place.querySelector('canvas'));
    // A machine that changes its resolution gets a new canvas.
    new MutationObserver(() => this.#changed()).observe(this.#place, { childList: true });
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

  #changed(): void {
    const { canvas } = this.view;
    if (canvas === null) return;
    canvas.setAttribute('aria-label', 'Screen of the machine');
    canvas.setAttribute('role', 'application');
    this.view.arrange();
    this.#appeared?.();
    this.#appeared = undefined;
  }
}
