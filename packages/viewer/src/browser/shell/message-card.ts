import type { ConsoleState } from '../session/console-session.js';
import type { Explanation } from '../session/explanation.js';
import { element } from './element.js';
import { icon } from './icon.js';

export interface MessageActions {
  readonly connect: () => void;
  readonly stopWaiting: () => void;
}

/** The card in the middle of the page while there is no console to see: what happened, and what to do. */
export class MessageCard {
  readonly root = element('section', { class: 'card', 'aria-live': 'polite', 'aria-atomic': 'true' });
  readonly #actions: MessageActions;
  #countdown: ReturnType<typeof setInterval> | undefined;

  constructor(actions: MessageActions) {
    this.#actions = actions;
  }

  show(state: ConsoleState): void {
    clearInterval(this.#countdown);
    const focused = this.root.contains(document.activeElement);
    this.root.hidden = state.kind === 'connected';
    this.root.dataset['tone'] = state.kind === 'connecting' ? 'busy' : toneOf(state);
    this.root.replaceChildren(...this.#content(state));
    if (focused) this.root.querySelector('button')?.focus();
  }

  #content(state: ConsoleState): Node[] {
    switch (state.kind) {
      case 'connected':
        return [];
      case 'connecting':
        return [element('span', { class: 'spinner' }), element('h1', {}, 'Connecting…')];
      case 'waiting':
        return [
          ...this.#sentences(state.explanation, this.#waiting(state)),
          row(
            button('Try now', 'primary', this.#actions.connect),
            button('Stop trying', 'plain', this.#actions.stopWaiting),
          ),
        ];
      case 'over':
        return [
          ...this.#sentences(state.explanation, state.explanation.advice),
          ...(state.explanation.next === 'ask-again'
            ? []
            : [row(button('Connect again', 'primary', this.#actions.connect))]),
        ];
    }
  }

  #sentences(explanation: Explanation, advice: Node | string): Node[] {
    return [
      element('span', { class: 'card-icon' }, icon(explanation.tone === 'failed' ? 'alert' : 'plug')),
      element('h1', {}, explanation.title),
      element('p', {}, advice),
      ...(explanation.details ?? []).map((line) => element('p', { class: 'detail' }, line)),
    ];
  }

  #waiting({ attempt, attempts, until }: Extract<ConsoleState, { kind: 'waiting' }>): Node {
    // Seconds are for the eye: read out each second they would drown the sentence.
    const seconds = element('span', { 'aria-hidden': 'true' });
    const count = (): void => {
      seconds.textContent = ` in ${Math.max(0, Math.ceil((until - Date.now()) / 1000))} s`;
    };
    count();
    this.#countdown = setInterval(count, 250);
    return element('span', {}, 'Trying again', seconds, ` (${attempt} of ${attempts}).`);
  }
}

function toneOf(state: ConsoleState): string {
  return 'explanation' in state ? state.explanation.tone : 'ended';
}

function row(...buttons: readonly HTMLButtonElement[]): HTMLElement {
  return element('div', { class: 'card-actions' }, ...buttons);
}

function button(label: string, look: 'primary' | 'plain', act: () => void): HTMLButtonElement {
  const made = element('button', { type: 'button', class: `button ${look}` }, label);
  made.addEventListener('click', act);
  return made;
}
