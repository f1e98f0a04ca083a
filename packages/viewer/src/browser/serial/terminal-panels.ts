import { element } from '../shell/element.js';
import { type Panel, panel } from '../shell/panel.js';
import { CONTROL_KEYS } from './control-keys.js';
import type { Grid, SerialTerminal } from './serial-terminal.js';

const PASTED_CHARACTERS = 100_000;

/** Characters that a browser or a touch keyboard keeps from the machine. */
export function controlPanel(send: (text: string) => void): Panel {
  const keys = CONTROL_KEYS.map(({ label, title, bytes }) => {
    const key = element(
      'button',
      { type: 'button', class: 'key', title, 'aria-label': `${label}: ${title}` },
      label,
    );
    key.addEventListener('click', () => send(bytes));
    return key;
  });
  return panel(
    'keyboard',
    'Keys',
    element('div', { class: 'keys grid four' }, ...keys),
    element(
      'p',
      { class: 'hint' },
      'Ctrl, Alt and Shift pressed together bring the keyboard from the machine to the bar of this page.',
    ),
  );
}

/** Copying from the terminal and pasting into it, also where the browser gives the page no clipboard. */
export function pastePanel(terminal: SerialTerminal, say: (text: string) => void): Panel {
  const text = element('textarea', {
    id: 'paste-text',
    autofocus: true,
    rows: '5',
    maxlength: String(PASTED_CHARACTERS),
    spellcheck: 'false',
    autocapitalize: 'off',
  });
  const send = element('button', { type: 'button', class: 'button primary', disabled: true }, 'Send');
  const copy = element(
    'button',
    { type: 'button', class: 'button plain', disabled: true },
    'Copy the selection',
  );
  text.addEventListener('input', () => {
    send.disabled = text.value === '';
  });
  send.addEventListener('click', () => {
    terminal.paste(text.value);
    text.value = '';
    send.disabled = true;
    made.close();
    terminal.focus();
  });
  copy.addEventListener('click', () => void copySelection(terminal.selection, say));
  terminal.onSelectionChange(() => {
    copy.disabled = terminal.selection === '';
  });

  const made = panel(
    'clipboard',
    'Copy and paste',
    element('label', { for: text.id }, 'Text to send to the machine'),
    text,
    element('div', { class: 'panel-actions' }, copy, send),
    element(
      'p',
      { class: 'hint' },
      'In the terminal: Ctrl-Shift-C copies what is selected, Ctrl-Shift-V pastes.',
    ),
  );
  return made;
}

async function copySelection(selection: string, say: (text: string) => void): Promise<void> {
  try {
    await navigator.clipboard.writeText(selection);
    say('Copied.');
  } catch {
    say('The browser did not allow it: press Ctrl-Shift-C in the terminal.');
  }
}

/** The size of the grid, which a serial line cannot tell the machine. */
export function sizePanel(terminal: SerialTerminal, tellShell: () => void): Panel {
  const grids: readonly (readonly [Grid, string, string])[] = [
    ['fit', 'Fit to window', 'As many rows and columns as there is room for.'],
    ['classic', '80 by 24', 'What a machine takes for granted on a serial line.'],
  ];
  const reader = element('input', { type: 'checkbox' });
  reader.addEventListener('change', () => terminal.screenReader(reader.checked));
  const tell = element('button', { type: 'button', class: 'button plain' }, 'Tell the shell');
  tell.addEventListener('click', () => {
    made.close();
    tellShell();
  });
  const made = panel(
    'fit',
    'View',
    element(
      'fieldset',
      {},
      element('legend', { class: 'visually-hidden' }, 'Size of the terminal'),
      ...grids.map(([grid, label, hint]) => {
        const radio = element('input', { type: 'radio', name: 'grid', checked: grid === 'fit' });
        radio.addEventListener('change', () => terminal.grid(grid));
        return choice(radio, label, hint);
      }),
    ),
    choice(reader, 'For screen readers', 'Reads new output aloud; needs more of the computer.'),
    element(
      'p',
      { class: 'hint' },
      'Long lines overwrite themselves? Log in, then let the shell know its size (stty).',
    ),
    element('div', { class: 'panel-actions' }, tell),
  );
  return made;
}

function choice(input: HTMLInputElement, label: string, hint: string): HTMLLabelElement {
  return element(
    'label',
    { class: 'choice' },
    input,
    element('span', {}, label),
    element('span', { class: 'hint' }, hint),
  );
}
