import { element } from './element.js';

const SHOWN_MS = 4_000;

/** Short notes over the console that go away by themselves; also read out. */
export class Toast {
  readonly root = element('div', { class: 'toast', role: 'status', 'data-shown': 'false' });
  #timer: ReturnType<typeof setTimeout> | undefined;

  say(text: string): void {
    clearTimeout(this.#timer);
    this.root.textContent = text;
    this.root.dataset['shown'] = 'true';
    this.#timer = setTimeout(() => {
      this.root.dataset['shown'] = 'false';
    }, SHOWN_MS);
  }
}
