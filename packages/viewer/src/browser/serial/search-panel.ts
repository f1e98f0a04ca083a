import { element } from '../shell/element.js';
import { type Panel, panel } from '../shell/panel.js';
import type { SerialTerminal } from './serial-terminal.js';

/** Search in what the machine said. */
export function searchPanel(terminal: SerialTerminal): Panel {
  const text = element('input', {
    id: 'search-text',
    autofocus: true,
    type: 'text',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  const matchCase = element('input', { type: 'checkbox' });
  const found = element('p', { class: 'hint found', role: 'status' });
  const find = (direction: 'next' | 'previous'): void =>
    terminal.find(text.value, direction, matchCase.checked);

  const previous = element('button', { type: 'button', class: 'button plain' }, 'Previous');
  const next = element('button', { type: 'button', class: 'button primary' }, 'Next');
  previous.addEventListener('click', () => find('previous'));
  next.addEventListener('click', () => find('next'));
  // The newest line is the one a person looks for: searching starts at the end.
  text.addEventListener('input', () => {
    found.textContent = '';
    find('previous');
  });
  matchCase.addEventListener('change', () => find('previous'));
  text.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') find(event.shiftKey ? 'next' : 'previous');
  });
  terminal.onFound((count, shown) => {
    if (text.value === '') found.textContent = '';
    else if (count === 0) found.textContent = 'Not found.';
    else found.textContent = shown === 0 ? `Found ${count} times.` : `${shown} of ${count}`;
  });

  const made = panel(
    'search',
    'Search',
    element('label', { for: text.id }, 'Find in the output'),
    text,
    element('label', { class: 'choice' }, matchCase, element('span', {}, 'Match case')),
    found,
    element('div', { class: 'panel-actions' }, previous, next),
  );
  made.sheet.addEventListener('toggle', (event) => {
    if (!(event instanceof ToggleEvent)) return;
    if (event.newState === 'open') text.select();
    else terminal.stopFinding();
  });
  return made;
}
