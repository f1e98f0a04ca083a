import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { Tty } from './tty.js';

/** A client with this much unread, in bytes, is cut off: a serial line does not wait for it. */
const MAX_UNREAD = 1024 * 1024;
/** Input is taken in such pieces, in bytes: a few of them may ask for much output. */
const PIECE = 128;

/** Connects a client to a serial port: it sees what was printed lately, then all that follows. */
export function serveSerial(socket: Socket, tty: Tty): void {
  const print = (text: string) => {
    socket.write(text);
    if (socket.writableLength > MAX_UNREAD) socket.destroy();
  };
  print(tty.scrollback);
  const detach = tty.attach(print);
  const closed = new AbortController();
  socket.setNoDelay(true);
  socket.once('close', () => {
    detach();
    closed.abort();
  });
  takeInput(socket, tty, closed.signal).catch(() => socket.destroy());
}

/** Who types without reading the echo has to wait for it, and nobody keeps the others from their turn. */
async function takeInput(socket: Socket, tty: Tty, closed: AbortSignal): Promise<void> {
  for await (const bytes of socket as AsyncIterable<Uint8Array>) {
    for (let at = 0; at < bytes.length; at += PIECE) {
      tty.type(bytes.subarray(at, at + PIECE));
      if (socket.writableNeedDrain) await once(socket, 'drain', { signal: closed });
      else await setImmediate();
    }
  }
}
