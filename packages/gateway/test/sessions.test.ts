import { afterEach, beforeEach, expect, test } from 'vitest';
import { pongFrame } from './support/client-frame.js';
import { type ConsoleRig, withRig } from './support/console-rig.js';
import { echo, TestUpstream } from './support/upstreams.js';
import { handshakeText, openViewer, rawClient, until } from './support/viewers.js';

let upstream: TestUpstream;
beforeEach(async () => {
  upstream = await TestUpstream.start(echo);
});
afterEach(async () => upstream.close());

const open = async (rig: ConsoleRig, more: object = {}) =>
  openViewer(rig.url(await rig.token({ type: 'serial', transport: upstream.transport, ...more })));

test.each([
  ['stopped', 4001, 'the server was stopped'],
  ['crashed', 4001, 'the server crashed'],
  ['deleted', 4002, 'the server was deleted'],
  ['migrated', 4003, 'the server was migrated'],
] as const)(
  'when a server is %s its sessions are closed with %i, and no other',
  async (kind, code, reason) => {
    await withRig({}, async (rig) => {
      const [first, second, other] = [
        await open(rig, { serverId: 's1' }),
        await open(rig, { serverId: 's1' }),
        await open(rig, { serverId: 's2' }),
      ];
      expect(rig.gateway.closeServer('s1', kind)).toBe(2);
      expect(await first.closed).toEqual({ code, reason });
      expect(await second.closed).toEqual({ code, reason });
      expect(rig.gateway.sessions()).toMatchObject([{ serverId: 's2' }]);
      expect(rig.audit.at(-1)).toMatchObject({
        action: 'console.close',
        reason: `server-${kind}`,
        security: 'none',
      });
      await until(() => upstream.sockets.filter((socket) => socket.destroyed).length === 2);
      other.socket.send('alive');
      expect((await other.reader.read(5)).toString()).toBe('alive');
    });
  },
);

test('an operator sees the sessions and ends one', async () => {
  await withRig({}, async (rig) => {
    const viewer = await open(rig, { serverId: 's1', userId: 'u7' });
    viewer.socket.send('12345');
    await viewer.reader.read(5);
    const [session] = rig.gateway.sessions();
    expect(session).toMatchObject({
      serverId: 's1',
      userId: 'u7',
      projectId: 'p1',
      requestId: 'req-1',
      sockets: 1,
      bytesDown: 5,
      bytesUp: 5,
    });
    expect(rig.gateway.terminate('unknown')).toBe(false);
    expect(rig.gateway.terminate(session?.id ?? '')).toBe(true);
    expect(await viewer.closed).toEqual({ code: 4004, reason: 'the session was terminated' });
    expect(rig.gateway.terminate(session?.id ?? '')).toBe(false);
  });
});

test('a session has a time limit, however busy it is', async () => {
  await withRig({ timeouts: { session: 150, sweep: 20 } }, async (rig) => {
    const viewer = await open(rig);
    const busy = setInterval(() => viewer.socket.send('x'), 5);
    expect(await viewer.closed).toEqual({ code: 4005, reason: 'the time limit was reached' });
    clearInterval(busy);
  });
});

test('a session ends with its token where that is asked for, and outlives it otherwise', async () => {
  await withRig({ endWithToken: true, timeouts: { sweep: 20 } }, async (rig) => {
    const viewer = await open(rig, { ttl: 0.2 });
    expect((await viewer.closed).code).toBe(4005);
  });
  await withRig({ timeouts: { sweep: 20 } }, async (rig) => {
    const viewer = await open(rig, { ttl: 0.1 });
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(rig.gateway.sessions()).toHaveLength(1);
    viewer.socket.terminate();
  });
});

test('an idle session is closed, one with bytes either way is not', async () => {
  await withRig({ timeouts: { idle: 200, sweep: 20 } }, async (rig) => {
    const [idle, busy] = [await open(rig), await open(rig)];
    const typing = setInterval(() => busy.socket.send('x'), 50);
    expect(await idle.closed).toEqual({ code: 4006, reason: 'the session was idle' });
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(rig.gateway.sessions()).toHaveLength(1);
    clearInterval(typing);
    expect((await busy.closed).code).toBe(4006);
  });
});

test('a viewer is asked for a sign of life; one that answers stays, one that does not is given up', async () => {
  await withRig({ timeouts: { ping: 60, lost: 250, sweep: 20 } }, async (rig) => {
    const living = await open(rig);
    let pings = 0;
    living.socket.on('ping', () => {
      pings++;
    });
    const { socket, reader } = await rawClient(rig.port);
    socket.write(
      handshakeText(`/?token=${await rig.token({ type: 'serial', transport: upstream.transport })}`),
    );
    await until(() => rig.gateway.sessions().length === 2);
    await until(() => rig.gateway.sessions().length === 1, 2000);
    expect(rig.audit.at(-1)).toMatchObject({ action: 'console.close', reason: 'viewer-lost' });
    expect(reader.length).toBeGreaterThan(0);
    socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(pings).toBeGreaterThan(3);
    expect(rig.gateway.sessions()).toHaveLength(1);
    living.socket.terminate();
  });
});

test('an unsolicited pong is a sign of life too', async () => {
  await withRig({ timeouts: { ping: 60_000, lost: 250, sweep: 20 } }, async (rig) => {
    const { socket } = await rawClient(rig.port);
    socket.write(
      handshakeText(`/?token=${await rig.token({ type: 'serial', transport: upstream.transport })}`),
    );
    const pongs = setInterval(() => socket.write(pongFrame()), 50);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(rig.gateway.sessions()).toHaveLength(1);
    clearInterval(pongs);
    await until(() => rig.gateway.sessions().length === 0, 2000);
    socket.destroy();
  });
});

test('a viewer that stopped reading for good is given up, with what it holds', async () => {
  const block = Buffer.alloc(65_536);
  const pouring = await TestUpstream.start((socket) => {
    const fill = () => {
      while (socket.writable && socket.write(block)) {
        // until the socket says stop
      }
    };
    socket.on('drain', fill);
    fill();
  });
  await withRig({ timeouts: { ping: 50, lost: 300, sweep: 20 } }, async (rig) => {
    const viewer = await openViewer(
      rig.url(await rig.token({ type: 'serial', transport: pouring.transport })),
    );
    viewer.socket.pause();
    await until(() => rig.gateway.counters().sessions === 0);
    await until(() => rig.gateway.counters().sockets === 0);
    await until(() => pouring.sockets[0]?.destroyed === true);
  });
  await pouring.close();
});

test('the counters add up over sessions that are open and that have ended', async () => {
  await withRig({}, async (rig) => {
    const [first, second] = [await open(rig), await open(rig)];
    first.socket.send('123');
    await first.reader.read(3);
    first.socket.close();
    await until(() => rig.gateway.counters().sessions === 1);
    second.socket.send('12');
    await second.reader.read(2);
    expect(rig.gateway.counters()).toMatchObject({
      bytesUp: 5,
      bytesDown: 5,
      sessionsOpened: 2,
      sessions: 1,
    });
    await until(() => rig.gateway.counters().sockets === 1);
    second.socket.terminate();
  });
});
