import { element } from './element.js';
import { type Panel, panel } from './panel.js';

/** How the machine's screen meets the window. */
export type ViewMode = 'fit' | 'actual' | 'resize';

const MODES: readonly { readonly mode: ViewMode; readonly label: string; readonly hint: string }[] = [
  { mode: 'fit', label: 'Fit to window', hint: 'The whole screen, made larger or smaller.' },
  { mode: 'actual', label: 'Actual size', hint: 'One to one; scroll to see the rest.' },
  {
    mode: 'resize',
    label: 'Resize the machine',
    hint: 'The machine takes the size of this window, if it can.',
  },
];

/** The choice of how the screen meets the window. */
export function viewPanel(choose: (mode: ViewMode) => void): Panel {
  return panel(
    'fit',
    'View',
    element(
      'fieldset',
      { class: 'choices' },
      element('legend', { class: 'visually-hidden' }, 'Size of the screen'),
      ...MODES.map(({ mode, label, hint }) => {
        const radio = element('input', { type: 'radio', name: 'view', checked: mode === 'fit' });
        radio.addEventListener('change', () => choose(mode));
        return element(
          'label',
          { class: 'choice' },
          radio,
          element('span', {}, label),
          element('span', { class: 'hint' }, hint),
        );
      }),
    ),
  );
}
