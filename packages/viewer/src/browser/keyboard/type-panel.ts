import { element } from '../shell/element.js';
import { type Panel, panel } from '../shell/panel.js';
import type { SendKey } from './key-combination.js';
import type { KeyboardLayout } from './layout.js';
import { describePlan, planTyping, TYPED_CHARACTERS, type TypingPlan, typeStrokes } from './typed-paste.js';

export interface TypePanel extends Panel {
  /** Stops typing, when the connection is gone. */
  cancel(): void;
}

/** Text that is typed into the machine key by key: works in a boot menu, an installer or a login, without an agent. */
export function typePanel(
  layouts: readonly [KeyboardLayout, ...KeyboardLayout[]],
  send: SendKey,
  say: (text: string) => void,
): TypePanel {
  const text = element('textarea', {
    id: 'type-text',
    autofocus: true,
    rows: '5',
    maxlength: String(TYPED_CHARACTERS),
    spellcheck: 'false',
    autocapitalize: 'off',
    autocomplete: 'off',
  });
  const layout = element(
    'select',
    { id: 'type-layout' },
    ...layouts.map(({ name }) => element('option', {}, name)),
  );
  const note = element('p', { id: 'type-note', class: 'hint', role: 'status' });
  const progress = element('progress', { max: '1', 'aria-label': 'Typed so far', hidden: true });
  const start = element('button', { type: 'button', class: 'button primary' }, 'Type');
  const stop = element('button', { type: 'button', class: 'button plain', hidden: true }, 'Stop');
  text.setAttribute('aria-describedby', note.id);
  let running: AbortController | undefined;

  const plan = (): TypingPlan => planTyping(text.value, layouts[layout.selectedIndex] ?? layouts[0]);
  const describe = (): void => {
    const planned = plan();
    start.disabled = planned.strokes.length === 0;
    note.textContent = describePlan(planned);
    note.dataset['warn'] = String(planned.untypable.length > 0);
  };
  const show = (typing: boolean): void => {
    progress.hidden = !typing;
    stop.hidden = !typing;
    start.hidden = typing;
    text.disabled = typing;
    layout.disabled = typing;
  };

  async function run(): Promise<void> {
    running?.abort();
    const mine = new AbortController();
    running = mine;
    const { strokes } = plan();
    show(true);
    stop.focus();
    progress.value = 0;
    const done = await typeStrokes(strokes, send, {
      signal: mine.signal,
      onProgress: (typed, all) => {
        progress.value = typed / all;
      },
    });
    if (running !== mine) return;
    running = undefined;
    show(false);
    if (done) text.value = '';
    describe();
    say(done ? 'All of it is typed.' : 'Typing stopped.');
  }

  text.addEventListener('input', describe);
  layout.addEventListener('change', describe);
  start.addEventListener('click', () => void run());
  stop.addEventListener('click', () => running?.abort());
  describe();

  const made = panel(
    'text',
    'Type text',
    element('label', { for: text.id }, 'Text to type into the machine'),
    text,
    element('label', { for: layout.id }, 'Keyboard of the machine'),
    layout,
    note,
    progress,
    element('div', { class: 'panel-actions' }, start, stop),
  );
  return { ...made, cancel: () => running?.abort() };
}
