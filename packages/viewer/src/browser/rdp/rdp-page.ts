import { captureKeys } from '../keyboard/capture-keys.js';
import type { Key } from '../keyboard/key-combination.js';
import { ctrlAltDel, keysPanel } from '../keyboard/keys-panel.js';
import { POSITION_LAYOUTS } from '../keyboard/layout.js';
import { typePanel } from '../keyboard/type-panel.js';
import { type PointerTarget, ScreenPointer } from '../screen/screen-pointer.js';
import { LibrarySockets } from '../session/library-sockets.js';
import { startConsole } from '../session/start-console.js';
import { clipboardPanel } from '../shell/clipboard-panel.js';
import { barButton } from '../shell/panel.js';
import { type ViewMode, viewPanel } from '../shell/view-panel.js';
import { LockKeys } from './lock-keys.js';
import { RdpConnection, type RdpEvents } from './rdp-connection.js';
import { RdpScreen } from './rdp-screen.js';

const COMFORTABLE_SIZE = { width: 1024, height: 768 };
const NO_SIZE = { width: 0, height: 0 };

LibrarySockets.install();
let connection: RdpConnection | undefined;
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
const clipboard = clipboardPanel((text) => connection?.copyToMachine(text) ?? false, say);

const shell = startConsole('RDP console', {
  open(url, _, events) {
    const told: RdpEvents = {
      ...events,
      connected() {
        events.connected();
        if (view === 'resize') resizeMachine();
      },
      copied(text) {
        clipboard.received(text);
        say('The machine copied something: see Clipboard.');
      },
    };
    // A machine just connected cannot be asked for another size yet: one that follows the window begins with its size.
    connection = new RdpConnection(url, screen, told, view === 'resize' ? NO_SIZE : COMFORTABLE_SIZE);
    return connection;
  },
  focus,
  closed() {
    typing.cancel();
    keys.reset();
    clipboard.reset();
    pressed.releaseAll();
  },
});
const screen = new RdpScreen(shell.stage);
shell.add(attention, keys, typing, clipboard, viewPanel(changeView));

const pointed: PointerTarget = {
  mode: () => connection?.mode() ?? 'none',
  ready: () => connection?.ready() ?? true,
  move: (x, y) => connection?.move(x, y),
  press: (button, down) => connection?.press(button, down),
  turn: (direction) => connection?.turn(direction),
};
new ScreenPointer(shell.stage, screen.view, pointed);

const locks = new LockKeys();
shell.stage.addEventListener('focusin', () => locks.forget());
shell.stage.addEventListener(
  'keydown',
  (event) => {
    const news = locks.news(event);
    if (news !== undefined) connection?.synchronize(news);
  },
  { capture: true },
);
const pressed = captureKeys(
  shell.stage,
  (code, down) => send({ code }, down),
  () => shell.focusBar(),
);

// A machine that can change its size does so well within this.
const RESIZE_WAIT_MS = 2_000;
const RESIZE_SETTLES_MS = 300;
let view: ViewMode = 'fit';
let settling: ReturnType<typeof setTimeout> | undefined;
let waiting: ReturnType<typeof setTimeout> | undefined;

function changeView(mode: ViewMode): void {
  view = mode;
  screen.view.show(mode);
  if (mode === 'resize') resizeMachine();
}

function resizeMachine(): void {
  connection?.resize(screen.room.width, screen.room.height);
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    const { canvas } = screen.view;
    if (view !== 'resize' || canvas === null) return;
    const sameSize = Math.abs(canvas.width - screen.room.width) < 16;
    if (!sameSize) say('The machine keeps its own screen size.');
  }, RESIZE_WAIT_MS);
}

new ResizeObserver(() => {
  clearTimeout(settling);
  // The window has another size than the machine was asked for.
  clearTimeout(waiting);
  if (view === 'resize') settling = setTimeout(resizeMachine, RESIZE_SETTLES_MS);
}).observe(shell.stage);
