import type { ConsoleState } from '../session/console-session.js';
import { element } from './element.js';
import { fullScreenButton } from './full-screen.js';
import { icon } from './icon.js';
import { type MessageActions, MessageCard } from './message-card.js';
import { barButton, type Panel } from './panel.js';
import { securityBadge } from './security-badge.js';
import { Toast } from './toast.js';

export interface ShellActions extends MessageActions {
  readonly disconnect: () => void;
  /** Gives the keyboard to the console. */
  readonly focusConsole: () => void;
}

const NAME_LENGTH = 120;

/** What every console page has around its console: the bar, the message card, the notes. */
export class Shell {
  /** Where the protocol's client draws. */
  readonly stage = element('div', { class: 'stage' });
  readonly #kind: string;
  readonly #name = element('span', { class: 'machine' });
  readonly #state = element('span', { class: 'state-label' });
  readonly #tools = element('div', { id: 'tools', class: 'tools', role: 'group', 'aria-label': 'Console' });
  readonly #more = moreButton(this.#tools);
  readonly #toast = new Toast();
  readonly #card: MessageCard;
  readonly #sheets: Panel[] = [];

  /** @param kind what the tab is called after the machine's name, such as "VNC console" */
  constructor(kind: string, actions: ShellActions) {
    this.#kind = kind;
    this.#card = new MessageCard(actions);
    const close = barButton('exit', 'Disconnect');
    close.addEventListener('click', actions.disconnect);
    this.#tools.append(
      fullScreenButton((text) => this.say(text), actions.focusConsole),
      close,
    );
    document.body.append(
      element(
        'header',
        { class: 'bar' },
        element(
          'div',
          { class: 'who' },
          this.#name,
          element('span', { class: 'state' }, element('span', { class: 'dot' }), this.#state),
        ),
        securityBadge(new URL(location.href)),
        this.#tools,
        this.#more,
      ),
      element('main', { class: 'view' }, this.stage, this.#card.root, this.#toast.root),
    );
    this.name(undefined);
  }

  /** Adds buttons to the bar, before those that every page has. */
  add(...tools: readonly (HTMLButtonElement | Panel)[]): void {
    for (const tool of tools) {
      const common = this.#tools.children[this.#tools.children.length - 2];
      if (tool instanceof HTMLButtonElement) {
        this.#tools.insertBefore(tool, common ?? null);
      } else {
        this.#tools.insertBefore(tool.button, common ?? null);
        document.body.append(tool.sheet);
        this.#sheets.push(tool);
      }
    }
  }

  show(state: ConsoleState): void {
    document.documentElement.dataset['state'] = state.kind;
    this.#state.textContent = stateLabel(state);
    this.#state.parentElement?.setAttribute('data-tone', stateTone(state));
    this.#showTools(state);
    this.#card.show(state);
  }

  #showTools({ kind }: ConsoleState): void {
    const buttons = [...this.#tools.querySelectorAll('button')];
    for (const button of buttons.filter(({ dataset }) => dataset['needsConsole'] !== undefined)) {
      button.disabled = kind !== 'connected';
      button.hidden = kind === 'over';
    }
    this.#more.hidden = buttons.every(({ hidden }) => hidden);
    if (kind !== 'connected') for (const sheet of this.#sheets) sheet.close();
  }

  /** Shows the machine's name, given by the machine itself or by the link: as text, and never too long. */
  name(name: string | undefined): void {
    const shown = name?.replace(/\s+/g, ' ').trim().slice(0, NAME_LENGTH);
    this.#name.textContent = shown === undefined || shown === '' ? this.#kind : shown;
    this.#name.title = this.#name.textContent;
    document.title = shown === undefined || shown === '' ? this.#kind : `${shown} – ${this.#kind}`;
  }

  /** A short note that goes away by itself. */
  say(text: string): void {
    this.#toast.say(text);
  }

  /** Brings the keyboard back from the machine to the bar. */
  focusBar(): void {
    const first =
      this.#more.offsetParent === null
        ? this.#tools.querySelector<HTMLElement>('button:not([disabled])')
        : this.#more;
    first?.focus();
  }
}

function moreButton(tools: HTMLElement): HTMLButtonElement {
  const button = element(
    'button',
    {
      type: 'button',
      class: 'bar-button more',
      'aria-controls': tools.id,
      'aria-expanded': 'false',
      title: 'Console menu',
    },
    icon('menu'),
    element('span', { class: 'bar-button-label' }, 'Menu'),
  );
  const set = (open: boolean): void => {
    tools.dataset['open'] = String(open);
    button.setAttribute('aria-expanded', String(open));
  };
  button.addEventListener('click', () => set(tools.dataset['open'] !== 'true'));
  // What was chosen opens on its own; a tap on the console means the console.
  tools.addEventListener('click', () => set(false));
  document.addEventListener(
    'pointerdown',
    ({ target }) => {
      if (target instanceof Node && !tools.contains(target) && !button.contains(target)) set(false);
    },
    { capture: true },
  );
  document.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape' && tools.dataset['open'] === 'true') {
      set(false);
      button.focus();
    }
  });
  set(false);
  return button;
}

function stateLabel(state: ConsoleState): string {
  switch (state.kind) {
    case 'connecting':
      return 'Connecting';
    case 'connected':
      return 'Connected';
    case 'waiting':
      return 'Reconnecting';
    case 'over':
      return state.explanation.tone === 'failed' ? 'Not connected' : 'Disconnected';
  }
}

function stateTone(state: ConsoleState): string {
  return state.kind === 'over' ? state.explanation.tone : state.kind;
}
