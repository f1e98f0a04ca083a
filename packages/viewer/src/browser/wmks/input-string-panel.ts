import { element } from '../shell/element.js';
import { type Panel, panel } from '../shell/panel.js';

/** Text that the machine is sent as if it were typed; which keys that takes is the client's to know. */
export function inputStringPanel(send: (text: string) => void, say: (text: string) => void): Panel {
  const text = element('textarea', {
    id: 'input-string',
    autofocus: true,
    rows: '5',
    maxlength: '4096',
    spellcheck: 'false',
    autocapitalize: 'off',
    autocomplete: 'off',
  });
  const type = element('button', { type: 'button', class: 'button primary', disabled: true }, 'Type');
  text.addEventListener('input', () => {
    type.disabled = text.value === '';
  });
  type.addEventListener('click', () => {
    send(text.value);
    text.value = '';
    type.disabled = true;
    say('Sent to the machine.');
  });
  return panel(
    'text',
    'Type text',
    element('label', { for: text.id }, 'Text to type into the machine'),
    text,
    element('div', { class: 'panel-actions' }, type),
  );
}
