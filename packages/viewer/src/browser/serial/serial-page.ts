import { watchConsoleFocus } from '../keyboard/console-focus.js';
import { openConsoleSocket } from '../session/console-socket.js';
import { startConsole } from '../session/start-console.js';
import { barButton } from '../shell/panel.js';
import { sizeCommand } from './control-keys.js';
import { searchPanel } from './search-panel.js';
import { logFileName } from './serial-log.js';
import { SerialTerminal } from './serial-terminal.js';
import { controlPanel, pastePanel, sizePanel } from './terminal-panels.js';

let socket: WebSocket | undefined;
let connectedBefore = false;

const send = (bytes: Uint8Array<ArrayBuffer>): void => {
  if (socket?.readyState === WebSocket.OPEN) socket.send(bytes);
};
const sendText = (text: string): void => {
  send(new TextEncoder().encode(text));
  terminal.focus();
};

const shell = startConsole('Serial console', {
  open(url, _, events) {
    const opening = openConsoleSocket({ url }, (ending) => events.ended(ending));
    socket = opening;
    opening.addEventListener('open', () => {
      if (connectedBefore) terminal.startAgain();
      connectedBefore = true;
      events.connected();
    });
    opening.addEventListener('message', ({ data }) => {
      if (!(data instanceof ArrayBuffer)) return;
      document.documentElement.dataset['said'] = '';
      terminal.output(new Uint8Array(data));
    });
    return { close: () => opening.close() };
  },
  focus: () => terminal.focus(),
  closed: () => undefined,
});
const terminal = new SerialTerminal(shell.stage, (bytes) => send(Uint8Array.from(bytes)));

const download = barButton('download', 'Download', 'Download what the machine said');
// The log is worth most when the console is gone.
delete download.dataset['needsConsole'];
download.addEventListener('click', () => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([terminal.text], { type: 'text/plain;charset=utf-8' }));
  link.download = logFileName(document.title, new Date());
  link.click();
  URL.revokeObjectURL(link.href);
});

const search = searchPanel(terminal);
delete search.button.dataset['needsConsole'];
shell.add(
  controlPanel(sendText),
  pastePanel(terminal, (text) => shell.say(text)),
  search,
  sizePanel(terminal, () => sendText(sizeCommand(terminal.size.rows, terminal.size.columns))),
  download,
);
watchConsoleFocus(
  shell.stage,
  () => undefined,
  () => shell.focusBar(),
);
