import type { Ending } from './console-session.js';

/** The socket to open. */
export interface ConsoleSocket {
  readonly url: URL;
  /** Only for what needs one: a browser gives up on a server that does not choose one of those offered. */
  readonly subprotocol?: string | undefined;
}

/** Opens the gateway's socket. */
export function openConsoleSocket(
  { url, subprotocol }: ConsoleSocket,
  ended: (ending: Ending) => void,
): WebSocket {
  const socket = new WebSocket(url, subprotocol === undefined ? [] : [subprotocol]);
  let opened = false;
  socket.binaryType = 'arraybuffer';
  socket.addEventListener('open', () => {
    opened = true;
  });
  socket.addEventListener('close', ({ code, reason }) => {
    ended(opened ? { kind: 'closed', code, reason } : { kind: 'never-opened' });
  });
  return socket;
}
