import { watchConsoleFocus } from '../keyboard/console-focus.js';
import type { Key } from '../keyboard/key-combination.js';
import { ctrlAltDel, keysPanel } from '../keyboard/keys-panel.js';
import { POSITION_LAYOUTS } from '../keyboard/layout.js';
import { typePanel } from '../keyboard/type-panel.js';
import { startConsole } from '../session/start-console.js';
import { barButton } from '../shell/panel.js';
import { type ViewMode, viewPanel } from '../shell/view-panel.js';
import { PressedKeys } from './pressed-keys.js';
import { SpiceConnection } from './spice-connection.js';
import { type PointerTarget, SpicePointer } from './spice-pointer.js';
import { SpiceScreen } from './spice-screen.js';
import { SpiceSockets } from './spice-sockets.js';

const RESIZE_SETTLES_MS = 300;

let connection: SpiceConnection | undefined;

SpiceSockets.install();
const send = (key: Pick<Key, 'code'>, down: boolean): void => connection?.send(key, down);
const say = (text: string): void => shell.say(text);
const focus = (): void => screen.canvas?.focus({ preventScroll: true });
const pressed = new PressedKeys((code, down) => send({ code }, down));

const attention = barButton('secure', 'Ctrl Alt Del', 'Send Ctrl-Alt-Delete');
attention.addEventListener('click', () => {
  ctrlAltDel(send);
  focus();
});
const keys = keysPanel(send);
const typing = typePanel(POSITION_LAYOUTS, send, say);

const shell = startConsole('SPICE console', {
  open(url, _, events) {
    connection = new SpiceConnection(url, screen, events);
    return connection;
  },
  focus,
  closed() {
    typing.cancel();
    keys.reset();
    pressed.releaseAll();
  },
});
const screen = new SpiceScreen(shell.stage);
shell.add(attention, keys, typing, viewPanel(changeView));

const pointed: PointerTarget = {
  mode: () => connection?.mode() ?? 'none',
  ready: () => connection?.ready() ?? true,
  move: (x, y, buttons) => connection?.move(x, y, buttons),
  button: (button, down, buttons) => connection?.button(button, down, buttons),
};
new SpicePointer(shell.stage, screen, pointed);

// Before the canvas sees them: the library's handlers there know keys by letters and not by places.
for (const type of ['keydown', 'keyup'] as const) {
  shell.stage.addEventListener(
    type,
    (event) => {
      event.stopPropagation();
      event.preventDefault();
      if (type === 'keydown') pressed.press(event);
      else pressed.release(event);
    },
    { capture: true },
  );
}
watchConsoleFocus(
  shell.stage,
  () => pressed.releaseAll(),
  () => shell.focusBar(),
);
window.addEventListener('blur', () => pressed.releaseAll());

let view: ViewMode = 'fit';
let settling: ReturnType<typeof setTimeout> | undefined;

function changeView(mode: ViewMode): void {
  view = mode;
  screen.view(mode);
  if (mode === 'resize' && !resizeMachine()) {
    say('The machine keeps its own screen size: it needs the SPICE agent for this.');
  }
}

function resizeMachine(): boolean {
  return connection?.resize(shell.stage.clientWidth, shell.stage.clientHeight) ?? false;
}

new ResizeObserver(() => {
  clearTimeout(settling);
  if (view === 'resize') settling = setTimeout(resizeMachine, RESIZE_SETTLES_MS);
}).observe(shell.stage);
