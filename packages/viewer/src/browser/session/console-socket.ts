import type { Ending } from './console-session.js';

/** Opens the gateway's socket. No subprotocol: a browser gives up on a server that does not choose one of those offered. */
export function openConsoleSocket(url: URL, ended: (ending: Ending) => void): WebSocket {
  const socket = new WebSocket(url);
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
