import type { Socket } from 'node:net';
import type { Tty } from './tty.js';

/** A client with this much unread, in bytes, is cut off: a serial line does not wait for it. */
const MAX_UNREAD = 1024 * 1024;

/** Connects a client to a serial port: it sees what was printed lately, then all that follows. */
export function serveSerial(socket: Socket, tty: Tty): void {
  const print = (text: string) => {
    socket.write(text);
    if (socket.writableLength > MAX_UNREAD) socket.destroy();
  };
  print(tty.scrollback);
  const detach = tty.attach(print);
  socket.setNoDelay(true);
  socket.on('data', (bytes: Uint8Array) => {
    tty.type(bytes);
    // Who types without reading the echo has to wait for it.
    if (socket.writableNeedDrain) socket.pause();
  });
  socket.on('drain', () => socket.resume());
  socket.on('error', () => socket.destroy());
  socket.once('close', detach);
}
