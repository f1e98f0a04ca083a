// The hypervisor's side, a process of its own: what it does with a connection depends on the port.
import { createServer, type Socket } from 'node:net';
import { type Mode, targetPort } from './mode.js';

const CHUNK = Buffer.alloc(65_536, 0x5a);

const behaviour: Record<Mode, (socket: Socket) => void> = {
  /** Sends without end. */
  source: (socket) => {
    const send = () => {
      while (socket.writable && socket.write(CHUNK));
    };
    socket.on('drain', send);
    send();
  },
  /** Sends one byte and is quiet then. */
  quiet: (socket) => {
    socket.write('!');
  },
};

for (const mode of Object.keys(behaviour) as Mode[]) {
  createServer((socket) => {
    socket.setNoDelay(true).on('error', () => socket.destroy());
    behaviour[mode](socket);
  }).listen(targetPort(mode), '127.0.0.1');
}
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
