import { captureKeys } from '../keyboard/capture-keys.js';
import type { Key } from '../keyboard/key-combination.js';
import { ctrlAltDel, keysPanel } from '../keyboard/keys-panel.js';
import { POSITION_LAYOUTS } from '../keyboard/layout.js';
import { typePanel } from '../keyboard/type-panel.js';
import { type PointerTarget, ScreenPointer } from '../screen/screen-pointer.js';
import { LibrarySockets } from '../session/library-sockets.js';
import { startConsole } from '../session/start-console.js';
import { barButton } from '../shell/panel.js';
import { type ViewMode, viewPanel } from '../shell/view-panel.js';
import { hideVp8 } from './no-vp8.js';
import { SpiceConnection } from './spice-connection.js';
import { SpiceScreen } from './spice-screen.js';

const RESIZE_SETTLES_MS = 300;

let connection: SpiceConnection | undefined;

LibrarySockets.install();
hideVp8();
const send = (key: Pick<Key, 'code'>, down: boolean): void => connection?.send(key, down);
const say = (text: string): void => shell.say(text);
const focus = (): void => screen.view.canvas?.focus({ preventScroll: true });

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
  press: (button, down, buttons) => connection?.press(button, down, buttons),
  turn: (direction, buttons) => connection?.turn(direction, buttons),
};
new ScreenPointer(shell.stage, screen.view, pointed);

// The library's own handlers on the canvas know keys by letters and not by places.
const pressed = captureKeys(
  shell.stage,
  (code, down) => send({ code }, down),
  () => shell.focusBar(),
);

let view: ViewMode = 'fit';
let settling: ReturnType<typeof setTimeout> | undefined;

function changeView(mode: ViewMode): void {
  view = mode;
  screen.view.show(mode);
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
