import { watchConsoleFocus } from '../keyboard/console-focus.js';
import { LibrarySockets } from '../session/library-sockets.js';
import { startConsole } from '../session/start-console.js';
import { barButton } from '../shell/panel.js';
import { type ViewMode, viewPanel } from '../shell/view-panel.js';
import { inputStringPanel } from './input-string-panel.js';
import { WmksConnection } from './wmks-connection.js';

LibrarySockets.install();
let connection: WmksConnection | undefined;
let view: ViewMode = 'fit';

const attention = barButton('secure', 'Ctrl Alt Del', 'Send Ctrl-Alt-Delete');
attention.addEventListener('click', () => {
  connection?.ctrlAltDel();
  connection?.focus();
});
const typing = inputStringPanel(
  (text) => connection?.type(text),
  (text) => shell.say(text),
);

const shell = startConsole('MKS console', {
  open(url, stage, events) {
    connection = new WmksConnection(url, stage, view, events);
    return connection;
  },
  focus: () => connection?.focus(),
  closed() {},
});
shell.add(
  attention,
  typing,
  viewPanel((mode) => {
    view = mode;
    connection?.view(mode);
  }),
);
// The client lets go of the keys it holds when the window loses the focus.
watchConsoleFocus(
  shell.stage,
  () => window.dispatchEvent(new Event('blur')),
  () => shell.focusBar(),
);
new ResizeObserver(() => connection?.resized()).observe(shell.stage);
