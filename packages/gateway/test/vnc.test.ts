import type { Socket } from 'node:net';
import { type ConsoleSecurity, Secret } from '@remote-consoles/core';
import { afterEach, expect, test } from 'vitest';
import { closeFrame } from './support/client-frame.js';
import { ConsoleRig } from './support/console-rig.js';
import { TestUpstream } from './support/upstreams.js';
import { openViewer, statusOf, until, type Viewer } from './support/viewers.js';

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

const VERSION = 'RFB 003.008\n';
const VERSION_BYTES = Buffer.from(VERSION);
const OK = Buffer.alloc(4);

/** Says its lines one by one, each when something has arrived; after the last it passes bytes to `then`. */
function script(lines: (string | Uint8Array)[], then: (chunk: Buffer, socket: Socket) => void) {
  return (socket: Socket) => {
    const [first = '', ...rest] = lines;
    socket.write(first);
    socket.on('data', (chunk) => {
      const line = rest.shift();
      if (line === undefined) then(chunk, socket);
      else socket.write(line);
    });
  };
}

const friendly = (then: (chunk: Buffer, socket: Socket) => void = () => {}) =>
  script([VERSION, Uint8Array.of(1, 1), OK], then);

async function vncUrl(rig: ConsoleRig, upstream: TestUpstream, security?: ConsoleSecurity): Promise<string> {
  return rig.url(
    await rig.token({ type: 'novnc', transport: upstream.transport, ...(security && { security }) }),
  );
}

/** The viewer's part of the handshake; RFB 3.8. */
async function greet({ socket, reader }: Viewer): Promise<void> {
  expect((await reader.read(12)).toString()).toBe(VERSION);
  socket.send(VERSION_BYTES);
  expect([...(await reader.read(2))]).toEqual([1, 1]);
  socket.send(Uint8Array.of(1));
  expect([...(await reader.read(4))]).toEqual([0, 0, 0, 0]);
}

test('a viewer is offered None alone, and then speaks with the console itself', async () => {
  const rig = await rigWith();
  const upstream = await upstreamWith(
    friendly((chunk, socket) => socket.write(`heard ${chunk.toString('hex')}`)),
  );
  const viewer = await openViewer(await vncUrl(rig, upstream));
  await greet(viewer);
  viewer.socket.send(Uint8Array.of(1));
  expect((await viewer.reader.read(8)).toString()).toBe('heard 01');
  expect(rig.gateway.sessions()).toMatchObject([{ security: 'none', type: 'novnc' }]);
});

test('a viewer that sends its choice and ClientInit in one go is understood', async () => {
  const rig = await rigWith();
  const upstream = await upstreamWith(
    friendly((chunk, socket) => socket.write(`heard ${chunk.toString('hex')}`)),
  );
  const { socket, reader } = await openViewer(await vncUrl(rig, upstream));
  socket.send(Buffer.concat([Buffer.from(VERSION), Uint8Array.of(1, 1, 0xaa)]));
  await reader.read(12 + 2 + 4);
  expect((await reader.read(10)).toString()).toBe('heard 01aa');
});

test('both handshakes may come byte by byte', async () => {
  const rig = await rigWith();
  const upstream = await upstreamWith((socket) => {
    socket.setNoDelay(true);
    const said = [...Buffer.from(VERSION), 1, 1, 0, 0, 0, 0];
    const timer = setInterval(() => {
      const byte = said.shift();
      if (byte === undefined) clearInterval(timer);
      else socket.write(Uint8Array.of(byte));
    }, 2);
    socket.on('data', (chunk) => {
      if (said.length === 0) socket.write(chunk);
    });
  });
  const { socket, reader } = await openViewer(await vncUrl(rig, upstream));
  for (const byte of [...Buffer.from(VERSION), 1, 1]) socket.send(Uint8Array.of(byte));
  await reader.read(12 + 2 + 4);
  expect([...(await reader.read(1))]).toEqual([1]);
});

test('a viewer of RFB 3.3 is served', async () => {
  const rig = await rigWith();
  const upstream = await upstreamWith(friendly((chunk, socket) => socket.write(chunk)));
  const { socket, reader } = await openViewer(await vncUrl(rig, upstream));
  socket.send(Buffer.from('RFB 003.003\n'));
  expect([...(await reader.read(16))].slice(12)).toEqual([0, 0, 0, 1]);
  socket.send(Uint8Array.of(1));
  expect([...(await reader.read(1))]).toEqual([1]);
});

const longReason = Buffer.concat([Uint8Array.of(0, 0xff, 0xff, 0xff, 0xff), Buffer.alloc(5000, 'x')]);
const hostile: [string, (string | Uint8Array)[]][] = [
  ['speaks another protocol', ['SSH-2.0-OpenSSH_9.2\r\n']],
  ['sends garbage', [Buffer.alloc(100_000, 0x80)]],
  ['offers nothing', [VERSION, Uint8Array.of(0, 0, 0, 0, 4, 0x6e, 0x6f, 0x70, 0x65)]],
  ['announces a reason of 4 GiB', [VERSION, longReason]],
  ['offers types that nobody knows', [VERSION, Uint8Array.of(3, 77, 78, 79)]],
  ['wants a password that nobody has', [VERSION, Uint8Array.of(1, 2)]],
  ['refuses after all', [VERSION, Uint8Array.of(1, 1), Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 2, 0x6e, 0x6f)]],
  ['speaks before its turn', [VERSION, Uint8Array.of(1, 1), Buffer.concat([OK, Buffer.from('ServerInit')])]],
];

test.each(hostile)('a console that %s is 502 before the 101', async (_, lines) => {
  const rig = await rigWith();
  const upstream = await upstreamWith(script(lines, () => {}));
  expect(await statusOf(await vncUrl(rig, upstream))).toBe(502);
  await until(() => upstream.sockets[0]?.destroyed === true);
  expect(rig.gateway.counters()).toMatchObject({ sessions: 0, sockets: 0, openings: 0, faults: 0 });
  expect(rig.audit.at(-1)).toMatchObject({ action: 'console.open', reason: 'console-refused' });
});

test("the console's own words reach the operator's log, bounded, and not the viewer", async () => {
  const rig = await rigWith();
  const upstream = await upstreamWith(script([VERSION, longReason], () => {}));
  const token = await rig.token({ type: 'novnc', transport: upstream.transport });
  expect(await statusOf(rig.url(token))).toBe(502);
  const line = rig.log.find((entry) => entry.startsWith('warn'));
  expect(line).toContain('security-refused');
  expect(line?.length).toBeLessThan(4000);
});

test.each([0, 1, 2])('a console that hangs in step %i of its handshake is 504', async (step) => {
  const rig = await rigWith({ timeouts: { handshake: 200 } });
  const upstream = await upstreamWith(script([VERSION, Uint8Array.of(1, 1), OK].slice(0, step), () => {}));
  expect(await statusOf(await vncUrl(rig, upstream))).toBe(504);
  await until(() => upstream.sockets[0]?.destroyed === true);
});

test.each([0, 1, 2])('a console that dies in step %i of its handshake is 502', async (step) => {
  const rig = await rigWith();
  const lines = [VERSION, Uint8Array.of(1, 1)].slice(0, step);
  const upstream = await upstreamWith((socket) => {
    script(lines, () => {})(socket);
    let heard = 0;
    const leave = () => (++heard > step - 1 ? socket.destroy() : undefined);
    if (step === 0) leave();
    else socket.on('data', leave);
  });
  expect(await statusOf(await vncUrl(rig, upstream))).toBe(502);
});

test('a console that dies while the viewer is greeted ends the session', async () => {
  const rig = await rigWith();
  const upstream = await upstreamWith(friendly());
  const viewer = await openViewer(await vncUrl(rig, upstream));
  await viewer.reader.read(12);
  for (const socket of upstream.sockets) socket.resetAndDestroy();
  viewer.socket.send(VERSION_BYTES);
  viewer.socket.send(Uint8Array.of(1));
  expect((await viewer.closed).code).toBe(4010);
});

test.each([
  ['another protocol', 'GET / HTTP/1.1\r\n\r\n'],
  ['a security type that was not offered', `${VERSION}\x02`],
  ['a version from the future', 'RFB 009.000\n'],
])('a viewer that speaks %s is told so and leaves the console', async (_, bytes) => {
  const rig = await rigWith();
  const upstream = await upstreamWith(friendly());
  const viewer = await openViewer(await vncUrl(rig, upstream));
  viewer.socket.send(bytes, { binary: true });
  expect((await viewer.closed).code).toBe(1002);
  await until(() => upstream.sockets[0]?.destroyed === true);
  expect(rig.audit.at(-1)).toMatchObject({ outcome: 'failure', reason: 'viewer-handshake-failed' });
  expect(rig.gateway.counters()).toMatchObject({ sessions: 0, faults: 0 });
});

test('a viewer that never answers the greeting is closed in time', async () => {
  const rig = await rigWith({ timeouts: { handshake: 200 } });
  const upstream = await upstreamWith(friendly());
  const viewer = await openViewer(await vncUrl(rig, upstream));
  expect(await viewer.closed).toEqual({ code: 1002, reason: 'the RFB handshake took too long' });
  await until(() => rig.gateway.counters().sessions === 0);
});

test('a viewer that leaves during the greeting takes its session along', async () => {
  const rig = await rigWith();
  const upstream = await upstreamWith(friendly());
  const viewer = await openViewer(await vncUrl(rig, upstream));
  viewer.socket.close(1000);
  await until(() => rig.gateway.counters().sessions === 0);
  await until(() => upstream.sockets[0]?.destroyed === true);
  expect(rig.audit.at(-1)).toMatchObject({ outcome: 'failure', reason: 'viewer-left' });
});

test('a server that is stopped during the greeting ends it with its reason', async () => {
  const rig = await rigWith();
  const upstream = await upstreamWith(friendly());
  const viewer = await openViewer(await vncUrl(rig, upstream));
  const [session] = rig.gateway.sessions();
  expect(session).toMatchObject({ security: undefined, sockets: 1 });
  expect(rig.gateway.closeServer(session?.serverId ?? '', 'stopped')).toBe(1);
  expect(await viewer.closed).toEqual({ code: 4001, reason: 'the server was stopped' });
});

test('a server that is stopped during the handshake with the console is 409', async () => {
  const rig = await rigWith();
  const upstream = await upstreamWith(() => {});
  const status = statusOf(await vncUrl(rig, upstream));
  await until(() => rig.gateway.sessions().length === 1);
  rig.gateway.closeServer(rig.gateway.sessions()[0]?.serverId ?? '', 'deleted');
  expect(await status).toBe(409);
});

test('a password never shows in a log or record', async () => {
  const rig = await rigWith();
  const upstream = await upstreamWith(
    script(
      [VERSION, Uint8Array.of(1, 2), Buffer.alloc(16, 7), Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0x6e)],
      () => {},
    ),
  );
  const security = { kind: 'rfb' as const, password: new Secret('hunter22') };
  expect(await statusOf(await vncUrl(rig, upstream, security))).toBe(502);
  expect(JSON.stringify([rig.log, rig.audit])).not.toContain('hunter22');
});

test('where TLS is required a console without is refused', async () => {
  const rig = await rigWith();
  const upstream = await upstreamWith(friendly());
  const security = { kind: 'rfb' as const, tls: { trust: { kind: 'system' as const } }, tlsRequired: true };
  expect(await statusOf(await vncUrl(rig, upstream, security))).toBe(502);
});

test('security that is not for this protocol is refused before anything is dialled', async () => {
  const rig = await rigWith();
  const upstream = await upstreamWith(friendly());
  const ticket = { kind: 'spice-ticket' as const, ticket: new Secret('t') };
  expect(await statusOf(await vncUrl(rig, upstream, ticket))).toBe(501);
  const spice = await rig.token({
    type: 'spice-html5',
    transport: upstream.transport,
    security: { kind: 'rfb' },
  });
  expect(await statusOf(rig.url(spice))).toBe(501);
  expect(upstream.sockets).toEqual([]);
});

test('an early close frame during the greeting is answered', async () => {
  const rig = await rigWith();
  const upstream = await upstreamWith(friendly());
  const viewer = await openViewer(await vncUrl(rig, upstream));
  const { _socket: tcp } = viewer.socket as unknown as { _socket: Socket };
  tcp.write(closeFrame(3001));
  await until(() => rig.gateway.counters().sockets === 0);
});
