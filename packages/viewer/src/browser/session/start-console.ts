import { Shell } from '../shell/shell.js';
import { type Connection, type ConnectionEvents, ConsoleSession } from './console-session.js';
import { takeConsoleToken } from './console-token.js';
import { gatewayUrl, readPageAddress, socketUrl } from './page-address.js';
import { askWhyRefused } from './refusal.js';

/** What makes a page the page of its protocol. */
export interface ProtocolClient {
  /** Connects to the gateway's socket and draws into the stage. */
  open(socket: URL, stage: HTMLElement, events: ConnectionEvents): Connection;
  /** Gives the keyboard to the console. */
  focus(): void;
  /** It no longer is: what belonged to that connection is to be forgotten. */
  closed(): void;
}

/** Starts the page: takes the token, builds the shell, and connects once the caller has added its tools. */
export function startConsole(kind: string, client: ProtocolClient): Shell {
  const { title } = readPageAddress(new URL(location.href));
  const token = takeConsoleToken(window);
  const page = new URL(location.href);
  const session = new ConsoleSession(token, {
    open: (tokenToUse, events) => client.open(socketUrl(page, tokenToUse), shell.stage, events),
    whyRefused: (tokenToUse) =>
      askWhyRefused(gatewayUrl(page, tokenToUse), {
        fetch: window.fetch.bind(window),
        onLine: () => navigator.onLine,
      }),
    show(state) {
      shell.show(state);
      if (state.kind === 'connected') client.focus();
      else client.closed();
    },
  });
  const shell = new Shell(kind, {
    connect: () => session.connect(),
    stopWaiting: () => session.stopWaiting(),
    disconnect: () => session.disconnect(),
    focusConsole: () => client.focus(),
  });
  shell.name(title);
  queueMicrotask(() => session.connect());
  return shell;
}
