import { element } from '../shell/element.js';
import { type Panel, panel } from '../shell/panel.js';
import {
  functionKey,
  KEYS,
  type Key,
  MODIFIERS,
  type Modifier,
  type SendKey,
  strike,
} from './key-combination.js';

const HELD: readonly Modifier[] = ['Ctrl', 'Alt', 'Shift', 'Super'];

export interface KeysPanel extends Panel {
  /** Whether this modifier is held down from the panel. */
  isHeld(modifier: Modifier): boolean;
  /** Forgets the held modifiers, when the connection that held them is gone. */
  reset(): void;
}

/** Keys that a browser or the computer under it would keep for itself. */
export function keysPanel(send: SendKey): KeysPanel {
  const held = new Set<Modifier>();
  const modifiers = HELD.map((modifier) => {
    const toggle = keyButton(modifier === 'Super' ? 'Super (Windows)' : modifier, () =>
      set(modifier, !held.has(modifier)),
    );
    toggle.setAttribute('aria-pressed', 'false');
    return [modifier, toggle] as const;
  });

  const made = panel(
    'keyboard',
    'Keys',
    group('Hold down', 'keys', ...modifiers.map(([, toggle]) => toggle)),
    group(
      'Press',
      'keys',
      ...(['Esc', 'Tab', 'Print screen'] as const).map((name) =>
        keyButton(name, () => strike(send, KEYS[name])),
      ),
    ),
    group('Function keys', 'keys grid', ...numbers(12).map((n) => functionButton(`F${n}`, n, []))),
    group(
      'Linux terminals',
      'keys grid',
      ...numbers(6).map((n) => functionButton(`Ctrl Alt F${n}`, n, ['Ctrl', 'Alt'])),
    ),
    element(
      'p',
      { class: 'hint' },
      'Ctrl, Alt and Shift pressed together bring the keyboard from the machine to the bar of this page.',
    ),
  );

  function functionButton(label: string, number: number, mods: readonly Modifier[]): HTMLButtonElement {
    return keyButton(label, () =>
      strike(
        send,
        functionKey(number),
        mods.filter((modifier) => !held.has(modifier)),
      ),
    );
  }

  function set(modifier: Modifier, down: boolean): void {
    if (down === held.has(modifier)) return;
    if (down) held.add(modifier);
    else held.delete(modifier);
    send(MODIFIERS[modifier], down);
    show();
  }

  function show(): void {
    for (const [modifier, toggle] of modifiers)
      toggle.setAttribute('aria-pressed', String(held.has(modifier)));
    made.button.dataset['holding'] = [...held].join(' ');
  }

  return {
    ...made,
    isHeld: (modifier) => held.has(modifier),
    reset() {
      held.clear();
      show();
    },
  };
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

function keyButton(label: string, act: () => void): HTMLButtonElement {
  const button = element('button', { type: 'button', class: 'key' }, label);
  button.addEventListener('click', act);
  return button;
}

function group(title: string, look: string, ...buttons: readonly HTMLButtonElement[]): HTMLElement {
  return element('fieldset', {}, element('legend', {}, title), element('div', { class: look }, ...buttons));
}

/** The key that every console page sends from its bar. */
export function ctrlAltDel(send: SendKey): void {
  strike(send, KEYS.Delete satisfies Key, ['Ctrl', 'Alt']);
}
