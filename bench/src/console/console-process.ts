// The hypervisor's side: one kind of console on its port. A process each, so that none waits for another.
import { createServer, type Socket } from 'node:net';
import { type ConsoleKind, consolePort } from './console-kind.js';

const CHUNK = Buffer.alloc(65_536, 0x5a);

const kind = process.argv[2] as ConsoleKind;
let received = 0;

const behaviour: Record<ConsoleKind, (socket: Socket) => void> = {
  quiet: (socket) => socket.resume(),
  source: (socket) => {
    const send = () => {
      while (socket.writable && socket.write(CHUNK));
    };
    socket.resume().on('drain', send);
    send();
  },
  sink: (socket) => {
    socket.on('data', (bytes) => {
      received += bytes.length;
    });
  },
  echo: (socket) => {
    socket.on('data', (bytes) => {
      if (!socket.write(bytes)) socket.pause().once('drain', () => socket.resume());
    });
  },
};

const server = createServer((socket) => {
  socket.setNoDelay(true).on('error', () => socket.destroy());
  socket.write('!');
  behaviour[kind](socket);
});
server.listen({ port: consolePort(kind), host: '127.0.0.1', backlog: 1024 }, () => process.send?.('ready'));
process.on('message', () => process.send?.(received));
process.on('disconnect', () => process.exit(0));
