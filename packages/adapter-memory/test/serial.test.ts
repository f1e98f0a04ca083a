import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { MemoryHypervisor } from '../src/index.js';
import { plainText } from '../src/tty/plain-text.js';
import { open, SERVER_ID, tcpPort, withConsoles } from './support/memory-hypervisor.js';
import { until } from './support/vnc-client.js';

let hypervisor: MemoryHypervisor | undefined;
const sockets: Socket[] = [];

async function serialLine() {
  hypervisor ??= await withConsoles({ serial: 'live' });
  const socket = connect(tcpPort(await open(hypervisor, 'serial')), '127.0.0.1');
  sockets.push(socket);
  let text = '';
  socket.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  let seen = 0;
  /** Waits for a text behind the one that was seen before. */
  const see = async (wish: string) => {
    await until(() => plainText(text).indexOf(wish, seen) >= 0);
    seen = plainText(text).indexOf(wish, seen) + wish.length;
  };
  return { socket, see, read: () => plainText(text) };
}

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await hypervisor?.close();
  hypervisor = undefined;
});

describe('the live serial console', () => {
  it('shows the boot log and answers commands, with echo and line editing', async () => {
    const { socket, see, read } = await serialLine();
    await see('root@demo:~# ');
    expect(read()).toMatch(/^\[ +0\.000000\] memory/m);
    socket.write('echo helo\u007flo\r');
    await see('\nhello\nroot@demo:~# ');
    socket.write('nonsense\u0015hostname\r');
    await see('\ndemo\nroot@demo:~# ');
    socket.write('sleep 1000\u0003');
    await see('^C\nroot@demo:~# ');
  });

  it('is one line for all who are connected, and remembers for those who come later', async () => {
    const one = await serialLine();
    const two = await serialLine();
    await two.see('root@demo:~# ');
    one.socket.write('echo shared\r');
    await two.see('\nshared\n');
    const late = await serialLine();
    await late.see('\nshared\n');
  });

  it('starts again before the eyes of who asks for it', async () => {
    const { socket, see } = await serialLine();
    await see('# ');
    socket.write('reboot\r');
    await see('going down for reboot');
    await see('Multi-User System\n\nmemory 1.0.0 demo ttyS0');
  });

  it('takes no more from who does not read, and leaves the others their turn', async () => {
    const { socket, see, read } = await serialLine();
    await see('# ');
    socket.pause();
    socket.write('dmesg\r'.repeat(5000));
    socket.write('echo the end\r');
    const other = connect(socket.remotePort ?? 0, '127.0.0.1');
    sockets.push(other);
    const [greeting] = await once(other, 'data');
    expect(String(greeting)).toContain('a simulated machine');
    other.destroy();
    expect(read().length).toBeLessThan(1_000_000);
    socket.resume();
    await until(() => read().endsWith('\nthe end\nroot@demo:~# '), 20_000);
    expect(socket.bytesRead).toBeGreaterThan(5_000_000);
  });

  it('lets its output be read without being connected', async () => {
    const { socket, see } = await serialLine();
    socket.write('echo for the log\r');
    await see('\nfor the log\n');
    const server = await hypervisor?.findServer(SERVER_ID);
    if (!hypervisor || !server) throw new Error('no server');
    const output = await hypervisor.output.readOutput(server);
    expect(output).toMatch(/^\[ +0\.000000\] memory 1\.0\.0.*\nfor the log\n/s);
    expect(output).not.toContain('\u001b');
  });

  it('ends when the machine is deleted', async () => {
    const { socket, see } = await serialLine();
    await see('# ');
    const closed = once(socket, 'close');
    await hypervisor?.delete(SERVER_ID);
    await closed;
  });
});
