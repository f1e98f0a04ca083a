import { element } from './element.js';
import { type Panel, panel } from './panel.js';

const SHOWN_CHARACTERS = 100_000;

export interface ClipboardPanel extends Panel {
  /** Shows what was copied in the machine. */
  received(text: string): void;
  reset(): void;
}

/**
 * The two clipboards side by side; nothing goes from one to the other unasked.
 *
 * @param sendText says whether the machine has a clipboard, as far as is known
 */
export function clipboardPanel(
  sendText: (text: string) => boolean,
  say: (text: string) => void,
): ClipboardPanel {
  const out = element('textarea', {
    id: 'clipboard-out',
    autofocus: true,
    rows: '4',
    maxlength: String(SHOWN_CHARACTERS),
    spellcheck: 'false',
  });
  const into = element('textarea', {
    id: 'clipboard-in',
    rows: '4',
    readonly: true,
    spellcheck: 'false',
    placeholder: 'Nothing yet',
  });
  const send = element('button', { type: 'button', class: 'button primary', disabled: true }, 'Send');
  const copy = element('button', { type: 'button', class: 'button plain', disabled: true }, 'Copy');

  out.addEventListener('input', () => {
    send.disabled = out.value === '';
  });
  send.addEventListener('click', () => {
    say(
      sendText(out.value)
        ? 'Sent to the machine’s clipboard.'
        : 'This machine has no clipboard to send to: use “Type text”.',
    );
  });
  copy.addEventListener('click', () => void copyText(into, say));

  const made = panel(
    'clipboard',
    'Clipboard',
    element('label', { for: out.id }, 'To the machine’s clipboard'),
    out,
    element('div', { class: 'panel-actions' }, send),
    element('label', { for: into.id }, 'Copied in the machine'),
    into,
    element('div', { class: 'panel-actions' }, copy),
    element(
      'p',
      { class: 'hint' },
      'The machine needs a clipboard agent for this. Without one, use “Type text”.',
    ),
  );
  return {
    ...made,
    received(text) {
      into.value = text.slice(0, SHOWN_CHARACTERS);
      copy.disabled = text === '';
    },
    reset() {
      into.value = '';
      copy.disabled = true;
    },
  };
}

async function copyText(field: HTMLTextAreaElement, say: (text: string) => void): Promise<void> {
  try {
    await navigator.clipboard.writeText(field.value);
    say('Copied.');
  } catch {
    // Without TLS, or where the browser says no, the person's own copy key still works on the selection.
    field.select();
    say('Selected: press Ctrl-C to copy.');
  }
}
