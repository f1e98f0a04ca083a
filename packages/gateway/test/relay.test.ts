import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex, PassThrough } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import { clientFrame, closeFrame, pingFrame } from './support/client-frame.js';
import { ConsoleRig, streamsOf } from './support/console-rig.js';
import { echo, TestUpstream } from './support/upstreams.js';
import { closed, handshakeText, openViewer, rawClient, until, type Viewer } from './support/viewers.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
});

async function rigWith(options: ConstructorParameters<typeof ConsoleRig>[0] = {}): Promise<ConsoleRig> {
  const rig = await new ConsoleRig(options).listen();
  open.push(rig);
  return rig;
}

async function upstreamWith(serve: (socket: Socket) => void): Promise<TestUpstream> {
  const upstream = await TestUpstream.start(serve);
  open.push(upstream);
  return upstream;
}

async function serialViewer(rig: ConsoleRig, upstream: TestUpstream): Promise<Viewer> {
  return openViewer(rig.url(await rig.token({ type: 'serial', transport: upstream.transport })));
}

/** Sends so many bytes in frames of random size and returns their digest. */
async function sendRandom({ socket }: Viewer, total: number): Promise<string> {
  const sent = createHash('sha256');
  for (let left = total; left > 0; ) {
    const scale = Math.random() < 0.5 ? 200 : 150_000;
    const bytes = randomBytes(Math.min(left, 1 + Math.floor(Math.random() * scale)));
    left -= bytes.length;
    sent.update(bytes);
    socket.send(bytes);
    if (socket.bufferedAmount > 1_000_000) await until(() => socket.bufferedAmount < 100_000);
  }
  return sent.digest('hex');
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Sends without end, as fast as it is taken. */
function pour(socket: Socket): void {
  const block = Buffer.alloc(65_536, 0x55);
  const fill = () => {
    while (socket.writable && socket.write(block)) {
      // until the socket says stop
    }
  };
  socket.on('drain', fill);
  fill();
}

test('every byte arrives, both ways at once, in several sessions', async () => {
  const rig = await rigWith();
  const upstream = await upstreamWith(echo);
  const size = 8 * 1024 * 1024;
  await Promise.all(
    [1, 2, 3].map(async () => {
      const viewer = await serialViewer(rig, upstream);
      const sent = await sendRandom(viewer, size);
      expect(digestOf(await viewer.reader.read(size))).toBe(sent);
      viewer.socket.close();
    }),
  );
  await until(() => rig.gateway.counters().sessions === 0);
  const total = { bytesDown: 3 * size, bytesUp: 3 * size, sessionsOpened: 3, faults: 0 };
  expect(rig.gateway.counters()).toMatchObject(total);
});

test('every byte arrives at a slow viewer that stops and starts', async () => {
  const rig = await rigWith();
  const bytes = randomBytes(64 * 1024 * 1024);
  const upstream = await upstreamWith((socket) => void socket.write(bytes));
  const { socket, reader } = await serialViewer(rig, upstream);
  socket.pause();
  await until(() => rig.gateway.counters().stallsDown > 0);
  const jerk = setInterval(() => (socket.isPaused ? socket.resume() : socket.pause()), 10);
  try {
    expect((await reader.read(bytes.length)).equals(bytes)).toBe(true);
    expect(rig.gateway.counters().stallsDown).toBeGreaterThan(1);
  } finally {
    clearInterval(jerk);
  }
});

test('every byte arrives through a stream that an adapter opened', async () => {
  const rig = await rigWith({ streams: streamsOf(() => new PassThrough()) });
  const token = await rig.token({
    type: 'serial',
    transport: { kind: 'hypervisor', hypervisor: 'test', address: 'x' },
  });
  const viewer = await openViewer(rig.url(token));
  const sent = await sendRandom(viewer, 4 * 1024 * 1024);
  expect(digestOf(await viewer.reader.read(4 * 1024 * 1024))).toBe(sent);
});

test('a unix socket is dialled', async () => {
  const path = join(tmpdir(), `gateway-test-${process.pid}.sock`);
  const server = createServer((socket) => void socket.pipe(socket)).listen(path);
  await once(server, 'listening');
  try {
    const rig = await rigWith();
    const viewer = await openViewer(
      rig.url(await rig.token({ type: 'serial', transport: { kind: 'unix', path } })),
    );
    viewer.socket.send('hello');
    expect((await viewer.reader.read(5)).toString()).toBe('hello');
    viewer.socket.terminate();
  } finally {
    server.close();
    rmSync(path, { force: true });
  }
});

test('what the console says before anyone asks is not lost', async () => {
  const rig = await rigWith();
  const upstream = await upstreamWith((socket) => socket.end('login: '));
  const viewer = await serialViewer(rig, upstream);
  expect(await viewer.closed).toEqual({ code: 4010, reason: 'the hypervisor closed the console' });
  expect((await viewer.reader.read(7)).toString()).toBe('login: ');
});

test('everything the console sent before it closed arrives before the close', async () => {
  const rig = await rigWith();
  const bytes = randomBytes(6 * 1024 * 1024);
  const upstream = await upstreamWith((socket) => socket.end(bytes));
  const viewer = await serialViewer(rig, upstream);
  viewer.socket.pause();
  setTimeout(() => viewer.socket.resume(), 100);
  expect((await viewer.closed).code).toBe(4010);
  expect((await viewer.reader.read(bytes.length)).equals(bytes)).toBe(true);
});

test('a console that is cut off ends the session too', async () => {
  const rig = await rigWith();
  const upstream = await upstreamWith((socket) => socket.once('data', () => socket.resetAndDestroy()));
  const viewer = await serialViewer(rig, upstream);
  viewer.socket.send('x');
  expect((await viewer.closed).code).toBe(4010);
});

test('a hypervisor that says a moment later why the console closed is waited for', async () => {
  const rig = await rigWith({ timeouts: { endReason: 5000 } });
  const upstream = await upstreamWith((socket) => socket.once('data', () => socket.end('bye')));
  const viewer = await serialViewer(rig, upstream);
  viewer.socket.send('x');
  expect((await viewer.reader.read(3)).toString()).toBe('bye');
  viewer.socket.send('for nobody');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(rig.gateway.closeServer(rig.gateway.sessions()[0]?.serverId ?? '', 'stopped')).toBe(1);
  expect(await viewer.closed).toEqual({ code: 4001, reason: 'the server was stopped' });
  await expect.poll(() => rig.gateway.counters().sessions).toBe(0);
  expect(rig.audit.at(-1)).toMatchObject({ action: 'console.close', reason: 'server-stopped' });
});

test('a viewer that leaves while the reason is waited for ends its session at once', async () => {
  const rig = await rigWith({ timeouts: { endReason: 5000 } });
  const upstream = await upstreamWith((socket) => socket.once('data', () => socket.end('bye')));
  const viewer = await serialViewer(rig, upstream);
  viewer.socket.send('x');
  await viewer.reader.read(3);
  viewer.socket.close();
  await expect.poll(() => rig.gateway.counters().sessions).toBe(0);
});

test('everything the viewer sent before it closed arrives before the end', async () => {
  const rig = await rigWith();
  let length = 0;
  let ended = false;
  const upstream = await upstreamWith((socket) => {
    socket.on('data', (chunk) => {
      length += chunk.length;
    });
    socket.on('end', () => {
      ended = true;
    });
  });
  const viewer = await serialViewer(rig, upstream);
  for (let i = 0; i < 20; i++) viewer.socket.send(Buffer.alloc(100_000));
  viewer.socket.close(1000);
  expect((await viewer.closed).code).toBe(1000);
  await until(() => ended);
  expect(length).toBe(2_000_000);
  await until(() => rig.gateway.counters().sessions === 0);
  expect(rig.audit.at(-1)).toMatchObject({
    action: 'console.close',
    reason: 'viewer-closed',
    bytesUp: 2_000_000,
  });
});

test('a viewer that stops reading stops its console, and costs little memory', async () => {
  const rig = await rigWith({ limits: { sessionsPerServer: 100 } });
  const upstream = await upstreamWith(pour);
  const calm = async () => {
    for (let last = -1; last !== rig.gateway.counters().bytesDown; ) {
      last = rig.gateway.counters().bytesDown;
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  };
  const count = 20;
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < count; i++) {
    const viewer = await serialViewer(rig, upstream);
    viewer.socket.pause();
  }
  await calm();
  const { stallsDown, bytesDown } = rig.gateway.counters();
  expect(stallsDown).toBeGreaterThanOrEqual(count);
  // The test's own ends are in the sum: 64 KiB being sent and what the paused client has read.
  expect((process.memoryUsage().arrayBuffers - before) / count).toBeLessThan(512 * 1024);
  // What the kernel's buffers hold.
  expect(bytesDown / count).toBeLessThan(16 * 1024 * 1024);
});

test('a console that dribbles at a viewer that does not read is not gathered either', async () => {
  const rig = await rigWith();
  const upstream = await upstreamWith((socket) => {
    socket.setNoDelay(true);
    pour(socket);
    const timer = setInterval(() => socket.write('x'), 1);
    socket.on('close', () => clearInterval(timer));
  });
  const viewer = await serialViewer(rig, upstream);
  viewer.socket.pause();
  await new Promise((resolve) => setTimeout(resolve, 400));
  const { readsDown } = rig.gateway.counters();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(rig.gateway.counters().readsDown).toBe(readsDown);
});

test('a console that does not read stops its viewer, and gets everything in the end', async () => {
  const rig = await rigWith();
  let length = 0;
  const upstream = await upstreamWith((socket) => socket.pause());
  const viewer = await serialViewer(rig, upstream);
  const block = Buffer.alloc(1024 * 1024);
  for (let i = 0; i < 40; i++) viewer.socket.send(block);
  await until(() => rig.gateway.counters().stallsUp > 0);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(viewer.socket.bufferedAmount).toBeGreaterThan(10 * 1024 * 1024);
  for (const socket of upstream.sockets) {
    socket.resume().on('data', (chunk) => {
      length += chunk.length;
    });
  }
  await until(() => length === 40 * block.length, 20_000);
});

test('a keystroke is echoed while others stream', async () => {
  const rig = await rigWith();
  const stream = await upstreamWith(pour);
  const shell = await upstreamWith(echo);
  for (let i = 0; i < 4; i++) await serialViewer(rig, stream);
  const viewer = await serialViewer(rig, shell);
  const { reader } = viewer;
  for (let i = 0; i < 20; i++) {
    viewer.socket.send('k');
    expect((await reader.read(1)).toString()).toBe('k');
  }
});

test('a text client of a serial console types bytes', async () => {
  const rig = await rigWith();
  const viewer = await serialViewer(rig, await upstreamWith(echo));
  viewer.socket.send('grüß\n', { binary: false });
  expect((await viewer.reader.read(7)).toString()).toBe('grüß\n');
});

test('text is refused by a console that is no terminal', async () => {
  const rig = await rigWith();
  const { transport } = await upstreamWith(echo);
  const viewer = await openViewer(rig.url(await rig.token({ type: 'spice-html5', transport })));
  viewer.socket.send('text', { binary: false });
  expect((await viewer.closed).code).toBe(1003);
});

async function framed(rig: ConsoleRig, upstream: TestUpstream) {
  const { socket, reader } = await rawClient(rig.port);
  const token = await rig.token({ type: 'serial', transport: upstream.transport });
  socket.write(handshakeText(`/?token=${token}`));
  const head = await reader.read('HTTP/1.1 101'.length);
  expect(head.toString()).toBe('HTTP/1.1 101');
  let rest = '';
  while (!rest.endsWith('\r\n\r\n')) rest += (await reader.read(1)).toString();
  return { socket, reader };
}

test('pings are answered in order, and a close with the same code', async () => {
  const rig = await rigWith();
  const { socket, reader } = await framed(rig, await upstreamWith(echo));
  socket.write(Buffer.concat([pingFrame('one'), pingFrame('two'), pingFrame('')]));
  expect((await reader.read(12)).toString('latin1')).toBe('\x8a\x03one\x8a\x03two\x8a\x00');
  socket.write(closeFrame(4321, 'bye'));
  expect([...(await reader.read(4))]).toEqual([0x88, 2, 0x10, 0xe1]);
  await once(socket, 'end');
});

test('a flood of pings by a viewer that reads nothing is not gathered', async () => {
  const rig = await rigWith();
  const { socket } = await framed(rig, await upstreamWith(pour));
  socket.pause();
  await until(() => rig.gateway.counters().stallsDown > 0);
  const before = process.memoryUsage().arrayBuffers;
  const flood = Buffer.concat(Array.from({ length: 5000 }, () => pingFrame(Buffer.alloc(125))));
  for (let i = 0; i < 20; i++) await new Promise((resolve) => socket.write(flood, resolve));
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(3 * 1024 * 1024);
  socket.destroy();
});

test.each([
  ['an unmasked frame', clientFrame({ opcode: 2, payload: 'x', mask: null }), 1002],
  ['a reserved bit', clientFrame({ opcode: 2, payload: 'x', rsv: 4 }), 1002],
  ['an unknown opcode', clientFrame({ opcode: 5 }), 1002],
  ['text that is no UTF-8', clientFrame({ opcode: 1, payload: Uint8Array.of(0xff) }), 1007],
  ['a frame beyond the limit', Uint8Array.of(0x82, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4), 1009],
])('%s is answered with a close frame of its code, and the connection ends', async (_, bytes, code) => {
  const rig = await rigWith();
  const upstream = await upstreamWith(echo);
  const { socket, reader } = await framed(rig, upstream);
  const ended = once(socket, 'end');
  socket.write(bytes);
  const frame = await reader.read(4);
  expect(frame[0]).toBe(0x88);
  expect(frame.readUInt16BE(2)).toBe(code);
  await ended;
  await until(() => upstream.sockets[0]?.destroyed === true);
  socket.destroy();
});

test('a client that does not close after the close frame is cut off', async () => {
  const rig = await rigWith();
  const { socket, reader } = await framed(rig, await upstreamWith(echo));
  const [session] = rig.gateway.sessions();
  rig.gateway.terminate(session?.id ?? '');
  expect((await reader.read(4)).readUInt16BE(2)).toBe(4004);
  const keepTalking = setInterval(() => socket.write(clientFrame({ opcode: 2, payload: 'still here' })), 50);
  await closed(socket);
  clearInterval(keepTalking);
  await until(() => rig.gateway.counters().sockets === 0);
});

test('a fault of ours ends one session with 1011 and no other', async () => {
  const broken = new Duplex({ objectMode: true, read() {}, write: (_chunk, _encoding, done) => done() });
  const rig = await rigWith({ streams: streamsOf(() => broken) });
  const upstream = await upstreamWith(echo);
  const other = await serialViewer(rig, upstream);
  const token = await rig.token({
    type: 'serial',
    transport: { kind: 'hypervisor', hypervisor: 't', address: '' },
  });
  const viewer = await openViewer(rig.url(token));
  broken.push({ not: 'bytes' });
  expect((await viewer.closed).code).toBe(1011);
  expect(rig.gateway.counters().faults).toBe(1);
  expect(rig.log.join()).toContain('console stream gave something else than bytes');
  other.socket.send('alive');
  expect((await other.reader.read(5)).toString()).toBe('alive');
});
