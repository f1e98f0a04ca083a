import { watchConsoleFocus } from '../keyboard/console-focus.js';
import type { Key } from '../keyboard/key-combination.js';
import { ctrlAltDel, keysPanel } from '../keyboard/keys-panel.js';
import { LAYOUTS } from '../keyboard/layout.js';
import { typePanel } from '../keyboard/type-panel.js';
import { startConsole } from '../session/start-console.js';
import { clipboardPanel } from '../shell/clipboard-panel.js';
import { barButton } from '../shell/panel.js';
import { type ViewMode, viewPanel } from '../shell/view-panel.js';
import { VncConnection } from './vnc-connection.js';

// A machine that can change its size does so well within this.
const RESIZE_WAIT_MS = 2_000;

/** What differs between protocols that are RFB on the gateway's socket. */
export interface VncKind {
  /** What the page calls itself, such as "VNC console". */
  readonly name: string;
  /** The WebSocket subprotocol to ask for. */
  readonly subprotocol?: string;
}

/** Starts a page that shows RFB through noVNC. */
export function startVnc({ name, subprotocol }: VncKind): void {
  let connection: VncConnection | undefined;
  let view: ViewMode = 'fit';

  const send = (key: Key, down: boolean): void => connection?.send(key, down);
  const say = (text: string): void => shell.say(text);

  const attention = barButton('secure', 'Ctrl Alt Del', 'Send Ctrl-Alt-Delete');
  attention.addEventListener('click', () => {
    ctrlAltDel(send);
    connection?.focus();
  });
  const keys = keysPanel(send);
  const typing = typePanel(LAYOUTS, send, say);
  const clipboard = clipboardPanel((text) => {
    connection?.copyToMachine(text);
    return true;
  }, say);

  const shell = startConsole(name, {
    open(url, stage, events) {
      connection = new VncConnection({ url, subprotocol }, stage, view, {
        ...events,
        named: (machine) => shell.name(machine),
        copied(text) {
          clipboard.received(text);
          say('The machine copied something: see Clipboard.');
        },
      });
      return connection;
    },
    focus: () => connection?.focus(),
    closed() {
      typing.cancel();
      keys.reset();
      clipboard.reset();
    },
  });
  shell.add(attention, keys, typing, clipboard, viewPanel(changeView));
  // noVNC lets go of the keys it holds when the window loses the focus, not when its canvas does.
  watchConsoleFocus(
    shell.stage,
    () => window.dispatchEvent(new Event('blur')),
    () => shell.focusBar(),
  );

  function changeView(mode: ViewMode): void {
    view = mode;
    connection?.view(mode);
    if (mode !== 'resize') return;
    setTimeout(() => {
      const screen = connection?.screen;
      if (view !== 'resize' || screen === undefined || screen === null) return;
      const sameSize = Math.abs(screen.width - shell.stage.clientWidth) < 16;
      if (!sameSize) say('The machine keeps its own screen size.');
    }, RESIZE_WAIT_MS);
  }
}
