import { connect, createServer, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SharedSerial } from './shared-serial.js';

/** Two ends of a real socket: the console's and ours. */
async function socketPair(): Promise<[guest: Socket, ours: Socket]> {
  const server = createServer({ allowHalfOpen: false });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const ours = connect(port, '127.0.0.1');
  const guest = await accepted;
  server.close();
  guest.on('error', () => {});
  onTestFinished(() => {
    guest.destroy();
    ours.destroy();
  });
  return [guest, ours];
}

function collect(stream: Duplex): { text: string; closed: boolean } {
  const collected = { text: '', closed: false };
  stream.on('error', () => {});
  stream.on('data', (chunk: Buffer) => {
    collected.text += chunk.toString('latin1');
  });
  stream.once('close', () => {
    collected.closed = true;
  });
  return collected;
}

describe('SharedSerial', () => {
  it('carries bytes both ways', async () => {
    const [guest, ours] = await socketPair();
    const { user } = new SharedSerial(ours);
    const [printed, typed] = [collect(user), collect(guest)];
    guest.write('login: ');
    await expect.poll(() => printed.text).toBe('login: ');
    user.write('root\n');
    await expect.poll(() => typed.text).toBe('root\n');
  });

  it('shows watchers what is printed from now on, and takes nothing from them', async () => {
    const [guest, ours] = await socketPair();
    const shared = new SharedSerial(ours);
    const [printed, typed] = [collect(shared.user), collect(guest)];
    guest.write('before ');
    await expect.poll(() => printed.text).toBe('before ');
    const watcher = shared.watch();
    const watched = collect(watcher);
    watcher.write('rm -rf /\n');
    guest.write('after');
    await expect.poll(() => watched.text).toBe('after');
    expect(typed.text).toBe('');
    watcher.destroy();
    guest.write('!');
    await expect.poll(() => printed.text).toBe('before after!');
    expect(shared.ended).toBe(false);
  });

  it('ends for all when the user leaves', async () => {
    const [guest, ours] = await socketPair();
    const shared = new SharedSerial(ours);
    const [watched, left] = [collect(shared.watch()), collect(guest)];
    shared.user.destroy();
    await expect.poll(() => watched.closed && left.closed).toBe(true);
    expect(shared.ended).toBe(true);
  });

  it('gives the last words of a console that ends, to a user who is slow too', async () => {
    const [guest, ours] = await socketPair();
    const shared = new SharedSerial(ours);
    const { user } = shared;
    guest.end('x'.repeat(300_000));
    await expect.poll(() => ours.readableLength + user.readableLength).toBeGreaterThan(0);
    const printed = collect(user);
    await expect.poll(() => printed.closed).toBe(true);
    expect(printed.text).toHaveLength(300_000);
    expect(shared.ended).toBe(true);
  });

  it('ends when the console breaks', async () => {
    const [guest, ours] = await socketPair();
    const shared = new SharedSerial(ours);
    const printed = collect(shared.user);
    guest.resetAndDestroy();
    await expect.poll(() => printed.closed).toBe(true);
  });

  it('stops reading while the user does not, and keeps no more than a few chunks', async () => {
    let given = 0;
    const endless = new Duplex({
      read() {
        given += 65_536;
        this.push(Buffer.alloc(65_536));
      },
      write: (_chunk, _encoding, done) => done(),
    });
    const { user } = new SharedSerial(endless);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(given).toBeLessThan(1_000_000);
    expect(user.readableLength).toBeLessThan(1_000_000);
    const before = given;
    user.read();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(given).toBeGreaterThan(before);
    expect(given).toBeLessThan(2_000_000);
    user.destroy();
  });

  it('leaves a watcher behind that does not read, and not the user', async () => {
    const [guest, ours] = await socketPair();
    const shared = new SharedSerial(ours);
    const printed = collect(shared.user);
    const watcher = shared.watch();
    const total = 3_000_000;
    guest.write(Buffer.alloc(total, 'x'));
    await expect.poll(() => printed.text.length).toBe(total);
    expect(watcher.destroyed).toBe(true);
    expect(shared.ended).toBe(false);
  });

  it('is free when it has ended', async () => {
    const [guest, ours] = await socketPair();
    const shared = new SharedSerial(ours);
    const left = collect(guest);
    await shared.end();
    expect(ours.closed).toBe(true);
    await shared.end();
    await expect.poll(() => left.closed).toBe(true);
  });
});
