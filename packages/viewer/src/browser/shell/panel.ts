import { element } from './element.js';
import { type IconName, icon } from './icon.js';

const EDGE_PX = 10;

/** A button of the bar. */
export function barButton(name: IconName, label: string, title = label): HTMLButtonElement {
  return element(
    'button',
    { type: 'button', class: 'bar-button', title, 'data-needs-console': true },
    icon(name),
    element('span', { class: 'bar-button-label' }, label),
  );
}

export interface Panel {
  readonly button: HTMLButtonElement;
  readonly sheet: HTMLElement;
  close(): void;
}

let panels = 0;

/** A button of the bar and the sheet that it opens: the browser's own popover, so Esc and a click elsewhere close it. */
export function panel(name: IconName, label: string, ...content: readonly (Node | string)[]): Panel {
  panels += 1;
  const id = `panel-${panels}`;
  const button = barButton(name, label);
  const heading = element('h2', { id: `${id}-title` }, label);
  const sheet = element(
    'section',
    { id, class: 'panel', popover: 'auto', role: 'dialog', 'aria-labelledby': heading.id },
    heading,
    ...content,
  );
  button.setAttribute('popovertarget', id);
  button.setAttribute('aria-haspopup', 'dialog');
  sheet.addEventListener('beforetoggle', (event) => {
    if (event instanceof ToggleEvent && event.newState === 'open') placeUnder(button, sheet);
  });
  return { button, sheet, close: () => sheet.hidePopover() };
}

// On a narrow screen the style sheet makes it a sheet at the bottom instead.
function placeUnder(button: HTMLElement, sheet: HTMLElement): void {
  const box = button.getBoundingClientRect();
  sheet.style.setProperty('--panel-top', `${Math.round(box.bottom + EDGE_PX)}px`);
  sheet.style.setProperty('--panel-end', `${Math.max(EDGE_PX, Math.round(innerWidth - box.right))}px`);
}
