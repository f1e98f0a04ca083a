import { chmodSync, statSync } from 'node:fs';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { startLibvirtFixture } from '../../../scripts/fixtures/libvirt-fixture.js';
import { Connection, type ConnectionOptions } from '../src/connection.js';
import type { GraphicsEvent } from '../src/domain-events.js';
import { ProcessIsolation } from '../src/isolation/process-isolation.js';
import { LibvirtErrorCode } from '../src/libvirt-error.js';
import { backends, isolations } from './libvirt-presence.js';
import { residentMemory } from './resident-memory.js';
import { runScript } from './run-script.js';

const fixture = await startLibvirtFixture({
  name: 'libvirt-ts',
  portBase: 16_200,
  only: ['vnc-password', 'serial'],
});
const variants = backends.flatMap((backend) => isolations.map((isolation) => ({ backend, isolation })));

/** What a socket has brought so far, as Latin-1 text, and whether it is closed. */
function collect(socket: Socket): { text: string; closed: boolean } {
  const collected = { text: '', closed: false };
  socket.on('error', () => {});
  socket.once('close', () => {
    collected.closed = true;
  });
  socket.on('data', (chunk: Buffer) => {
    collected.text += chunk.toString('latin1');
  });
  onTestFinished(() => {
    socket.destroy();
  });
  return collected;
}

const patience = { timeout: 20_000 };

describe.skipIf(fixture === undefined)('a real daemon', () => {
  afterAll(() => fixture?.stop());

  async function open(options: ConnectionOptions = {}): Promise<Connection> {
    const connection = await Connection.open(fixture?.uriOf('plain') ?? '', options);
    onTestFinished(async () => {
      await connection.close().catch(() => {});
    });
    return connection;
  }

  const signalDaemon = (signal: NodeJS.Signals): void => fixture?.signalDaemon('plain', signal);

  describe.each(variants)('$backend, $isolation', (variant) => {
    it('hands a display over, both ways, and tells of its client', async () => {
      const connection = await open(variant);
      const events: GraphicsEvent[] = [];
      connection.on('graphics', (event) => events.push(event));
      const domain = await connection.lookupByName('vnc-password');
      for (const [skipAuth, offer] of [
        [false, '\x01\x02'], // one security type: VNC authentication
        [true, '\x01\x01'], // one security type: none
      ] as const) {
        const socket = await domain.openGraphics(0, { skipAuth });
        const received = collect(socket);
        await expect.poll(() => received.text).toBe('RFB 003.008\n');
        socket.write('RFB 003.008\n');
        await expect.poll(() => received.text.slice(12)).toBe(offer);
        socket.destroy();
      }
      await expect.poll(() => events.map(({ phase }) => phase)).toContain('disconnect');
      expect(events[0]).toMatchObject({ name: 'vnc-password', phase: 'connect' });
      expect(await connection.close()).toBe(0);
    });

    it('carries a serial console, and lets it be taken over', async () => {
      const connection = await open(variant);
      const domain = await connection.lookupByName('serial');
      const first = await domain.openConsole('serial0', { force: true });
      const seen = collect(first);
      await expect
        .poll(() => {
          first.write('echo $((6*7))-answer\n');
          return seen.text;
        }, patience)
        .toContain('42-answer');
      await expect(domain.openConsole('serial0')).rejects.toMatchObject({
        message: expect.stringContaining('Active console session exists'),
      });
      const second = await domain.openConsole('serial0', { force: true });
      await expect.poll(() => seen.closed).toBe(true);
      const taken = collect(second);
      second.write('seq 1 20000\n');
      await expect.poll(() => taken.text.length, patience).toBeGreaterThan(100_000);
      await expect.poll(() => taken.text, patience).toContain('\r\n20000\r\n');
      const numbers = taken.text.slice(taken.text.indexOf('\n1\r\n') + 1).split('\r\n', 20_000);
      expect(numbers).toEqual(Array.from({ length: 20_000 }, (_, index) => String(index + 1)));
      expect(await connection.close()).toBe(0);
      await expect.poll(() => taken.closed).toBe(true);
    });

    it('frees a console whose user goes away', async () => {
      const connection = await open(variant);
      const domain = await connection.lookupByName('serial');
      for (let round = 0; round < 5; round++) {
        await expect
          .poll(async () => {
            const socket = await domain.openConsole('serial0').catch(() => undefined);
            socket?.destroy();
            return socket !== undefined;
          })
          .toBe(true);
      }
      expect(await connection.close()).toBe(0);
    });
  });

  it('keeps no more than a few MiB for a user of a console who does not read', {
    timeout: 60_000,
  }, async () => {
    const openArguments = {
      uri: fixture?.uriOf('plain') ?? '',
      readOnly: false,
      keepAlive: { interval: 5, count: 3 },
    };
    const isolation = await ProcessIsolation.open(undefined, openArguments, 10_000, () => {});
    onTestFinished(async () => void (await isolation.close(10_000)));
    const { uuid } = await isolation.call('lookup', { name: 'serial' }, 10_000);
    const virtio = { uuid, device: 'console1', force: true };
    const socket = await isolation.openSocket('openConsole', virtio, 10_000);
    const received = collect(socket);
    socket.write('\nstty -echo -opost; cat /dev/zero | tr "\\0" x\n');
    await expect.poll(() => received.text.length, patience).toBeGreaterThan(5_000_000);
    const before = residentMemory(isolation.pid);
    socket.pause();
    await delay(5_000);
    expect(residentMemory(isolation.pid) - before).toBeLessThan(16 * 1024 * 1024); // the guest has printed more
    const stalled = received.text.length;
    socket.resume();
    await expect.poll(() => received.text.length, patience).toBeGreaterThan(stalled + 5_000_000);
    socket.write('\x03');
  });

  it('keeps a display of a connection that is closed or whose process is killed', async () => {
    const connection = await open();
    const socket = await (await connection.lookupByName('vnc-password')).openGraphics(0, { skipAuth: true });
    const received = collect(socket);
    await connection.close();
    await expect.poll(() => received.text).toBe('RFB 003.008\n');
    socket.write('RFB 003.008\n');
    await expect.poll(() => received.text.slice(12)).toBe('\x01\x01');
  });

  it('refuses secrets and displays on a read-only connection', async () => {
    const domain = await (await open({ readOnly: true })).lookupByName('vnc-password');
    const denied = { code: LibvirtErrorCode.operationDenied };
    await expect(domain.getXML({ secure: true })).rejects.toMatchObject(denied);
    await expect(domain.openGraphics(0)).rejects.toMatchObject(denied);
  });

  it('says so when it may not use the socket', async () => {
    const socket = `${fixture?.directory}/plain/run/libvirt/libvirt-sock`;
    const { mode } = statSync(socket);
    chmodSync(socket, 0);
    onTestFinished(() => chmodSync(socket, mode));
    // root may use any file, unless it has no capabilities
    const asAnyone = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-all', '--inh-caps=-all'] : [];
    const run = runScript(
      `
      import { Connection } from 'DIST/index.js';
      const error = await Connection.open('${fixture?.uriOf('plain')}').catch((reason) => reason);
      console.log(JSON.stringify([error.connectionLost, error.message]));
    `,
      asAnyone,
    );
    expect(JSON.parse((await run.ended).output)).toEqual([
      true,
      expect.stringMatching(/libvirt-sock.*Permission denied/),
    ]);
  });

  describe.each(isolations)('when the daemon freezes, %s', (isolation) => {
    it('keeps deadlines, notices by keep-alive and says so', async () => {
      const connection = await open({ isolation, callTimeout: 300, keepAlive: { interval: 1, count: 1 } });
      const closed = new Promise((resolve) => connection.once('close', resolve));
      signalDaemon('SIGSTOP');
      try {
        const started = performance.now();
        await expect(connection.listDomains()).rejects.toMatchObject({
          code: LibvirtErrorCode.operationTimeout,
        });
        expect(performance.now() - started).toBeLessThan(1_000);
        expect(await closed).toMatchObject({ connectionLost: true });
        expect(performance.now() - started).toBeLessThan(6_000);
      } finally {
        signalDaemon('SIGCONT');
      }
      expect(connection.isOpen).toBe(false);
      expect(await (await open({ isolation })).listDomains()).not.toHaveLength(0);
    });
  });

  it('tells at once when the daemon is killed', async () => {
    const connections = [await open({ isolation: 'process' }), await open({ isolation: 'thread' })];
    const closed = connections.map(
      (connection) => new Promise((resolve) => connection.once('close', resolve)),
    );
    const started = performance.now();
    signalDaemon('SIGKILL');
    for (const end of closed) expect(await end).toMatchObject({ connectionLost: true });
    expect(performance.now() - started).toBeLessThan(1_000);
    await expect(connections[0]?.listDomains()).rejects.toMatchObject({ connectionLost: true });
    await expect(open()).rejects.toMatchObject({ connectionLost: true });
  });
});
