import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { RfbClientHandshake, RfbServerHandshake } from './index.js';

// README begin
/** Speaks the security handshake on a socket and returns what came after it. */
async function enter(socket: Socket, password: string): Promise<Uint8Array> {
  const handshake = new RfbClientHandshake({ tls: 'never', password });
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    for (const step of handshake.receive(chunk)) {
      if (step.kind === 'send') socket.write(step.bytes);
      if (step.kind === 'done') return step.rest;
    }
  }
  return handshake.end();
}
// README end

describe('README', () => {
  it('shows code that works', async () => {
    const server = createServer((socket) => {
      const handshake = new RfbServerHandshake({
        security: { kind: 'vnc', password: 'secret' },
        random: (n) => new Uint8Array(n).fill(5),
      });
      const act = (steps: ReturnType<typeof handshake.start>) => {
        for (const step of steps) if (step.kind === 'send') socket.write(step.bytes);
      };
      socket.on('data', (chunk) => act(handshake.receive(chunk)));
      act(handshake.start());
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const socket = connect(address.port, '127.0.0.1');
    expect(await enter(socket, 'secret')).toEqual(new Uint8Array(0));
    socket.destroy();
    server.close();
  });

  it('shows the code that is tested here', () => {
    const source = readFileSync(new URL(import.meta.url), 'utf8');
    const code = /\/\/ README begin\n(.*?)\/\/ README end/s.exec(source)?.[1];
    expect(readFileSync(new URL('../README.md', import.meta.url), 'utf8')).toContain(code);
  });
});
