import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Server, ServerEvent } from '@remote-consoles/core';
import { afterAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { startLibvirtFixture } from '../../../scripts/fixtures/libvirt-fixture.js';
import type { LibvirtHypervisor } from '../src/index.js';
import { createLibvirt, serverOf } from './libvirt-adapter.js';
import { rememberingLogger } from './remembering-logger.js';
import { openVnc, type VncSession } from './vnc-client.js';

const guest = 'vnc-password';
const fixture = await startLibvirtFixture({
  name: 'lv-faults',
  portBase: 16_500,
  only: [guest, 'vnc-tls-password'],
});
const unavailable = { code: 'hypervisor-unavailable' };

/** The child processes that talk to libvirt. */
function libvirtProcesses(): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      try {
        const [, parent] = /\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? [];
        return (
          Number(parent) === process.pid &&
          readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('process-main')
        );
      } catch {
        return false; // ended meanwhile
      }
    });
}

describe.skipIf(fixture === undefined)('when something fails', () => {
  const fx = fixture as NonNullable<typeof fixture>;
  const id = fixture?.domain(guest).uuid ?? '';
  const other = fixture?.domain('vnc-tls-password').uuid ?? '';
  let hypervisor: LibvirtHypervisor;
  let server: Server;
  let events: ServerEvent[];

  afterAll(() => fx.stop());

  beforeEach(async () => {
    if ((await fx.virsh('plain', 'domstate', id)).trim() !== 'running') await fx.virsh('plain', 'start', id);
    hypervisor = await createLibvirt({
      hosts: fx.hosts.map(({ name, uri }) => ({ name, uri })),
      timeouts: { call: 1 },
    });
    onTestFinished(() => hypervisor.close());
    server = await serverOf(hypervisor, id);
    await hypervisor.findServer(other);
    events = [];
    hypervisor.watch((event) => events.push(event));
  });

  async function openSession(): Promise<VncSession & { ended: () => boolean }> {
    const session = await openVnc(await hypervisor.openConsole(server, 'novnc'), hypervisor);
    let ended = false;
    session.stream
      .on('error', () => {})
      .once('close', () => {
        ended = true;
      });
    session.stream.resume();
    onTestFinished(() => void session.stream.destroy());
    return { ...session, ended: () => ended };
  }

  async function duration(work: () => Promise<unknown>): Promise<number> {
    const started = performance.now();
    await work();
    return performance.now() - started;
  }

  it.each([
    ['killed', 'SIGKILL'],
    ['restarted', 'SIGTERM'],
  ] as const)(
    'a %s daemon is unavailable at once, delays nobody else, and comes back',
    async (_how, signal) => {
      const session = await openSession();
      fx.signalDaemon('plain', signal);
      await expect
        .poll(() =>
          hypervisor.findServer(id).then(
            () => 'found',
            (error) => error.code,
          ),
        )
        .toBe(unavailable.code);
      expect(
        await duration(() => expect(hypervisor.findServer(id)).rejects.toMatchObject(unavailable)),
      ).toBeLessThan(300);
      expect(await duration(() => hypervisor.findServer(other))).toBeLessThan(300);
      expect((await hypervisor.listServers()).map((listed) => listed.id)).toContain(other);
      await hypervisor.check();
      expect(session.ended()).toBe(false); // QEMU lives on, and so do its consoles
      expect(events).toEqual([]);
      await fx.startDaemon('plain');
      await expect
        .poll(
          () =>
            hypervisor.findServer(id).then(
              (found) => found?.vmState,
              () => 'unavailable',
            ),
          { timeout: 20_000 },
        )
        .toBe('active');
      expect(session.ended()).toBe(false);
      expect(events).toEqual([]);
      (await openSession()).stream.destroy();
    },
  );

  it('a server that ended while its daemon was down is told of', async () => {
    const session = await openSession();
    fx.signalDaemon('plain', 'SIGKILL');
    process.kill(fx.guestPid(guest), 'SIGKILL');
    await expect.poll(() => session.ended()).toBe(true);
    await fx.startDaemon('plain');
    await expect.poll(() => events, { timeout: 20_000 }).toEqual([{ serverId: id, kind: 'stopped' }]);
    expect((await hypervisor.findServer(id))?.vmState).toBe('stopped');
  });

  it('a frozen daemon is unavailable in bounded time, and delays nobody else', async () => {
    fx.signalDaemon('plain', 'SIGSTOP');
    try {
      expect(
        await duration(() => expect(hypervisor.findServer(id)).rejects.toMatchObject(unavailable)),
      ).toBeLessThan(2_000);
      expect(await duration(() => hypervisor.findServer(other))).toBeLessThan(500);
      await expect(hypervisor.openConsole(server, 'novnc')).rejects.toMatchObject(unavailable);
      expect((await hypervisor.listServers()).map((listed) => listed.id)).toContain(other);
    } finally {
      fx.signalDaemon('plain', 'SIGCONT');
    }
    await expect
      .poll(() =>
        hypervisor.findServer(id).then(
          (found) => found?.id,
          () => '',
        ),
      )
      .toBe(id);
  });

  it('a killed child process costs no session, and is started again', async () => {
    const session = await openSession();
    const before = libvirtProcesses();
    expect(before).toHaveLength(fx.hosts.length);
    for (const pid of before) process.kill(pid, 'SIGKILL');
    await expect
      .poll(() =>
        hypervisor.findServer(id).then(
          (found) => found?.id,
          () => '',
        ),
      )
      .toBe(id);
    expect(session.ended()).toBe(false);
    expect(events).toEqual([]);
    (await openSession()).stream.destroy();
  });

  it('leaves no child process when it is closed', async () => {
    await hypervisor.close();
    expect(libvirtProcesses()).toEqual([]);
  });

  it('a killed QEMU ends its session and is told as a crash', async () => {
    const session = await openSession();
    process.kill(fx.guestPid(guest), 'SIGKILL');
    await expect.poll(() => events, { timeout: 10_000 }).toEqual([{ serverId: id, kind: 'crashed' }]);
    await expect.poll(() => session.ended()).toBe(true);
    await expect(hypervisor.openConsole(server, 'novnc')).rejects.toMatchObject({
      code: 'server-state-invalid',
    });
  });

  it('a paused and a resumed server keep their session, a reset one too', async () => {
    const session = await openSession();
    await fx.virsh('plain', 'suspend', id);
    expect((await hypervisor.findServer(id))?.vmState).toBe('paused');
    await fx.virsh('plain', 'resume', id);
    await fx.virsh('plain', 'reset', id);
    expect((await hypervisor.findServer(id))?.vmState).toBe('active');
    expect(session.ended()).toBe(false);
    expect(events).toEqual([]);
  });

  it('a renamed server is the same server', async () => {
    await fx.virsh('plain', 'destroy', id);
    await fx.virsh('plain', 'domrename', id, 'renamed');
    onTestFinished(async () => void (await fx.virsh('plain', 'domrename', id, guest)));
    expect(await hypervisor.findServer(id)).toMatchObject({ id, name: 'renamed', vmState: 'stopped' });
    expect(events).toEqual([{ serverId: id, kind: 'stopped' }]);
  });

  it('a server that is redefined while it runs keeps its session, and changes when it starts again', async () => {
    const session = await openSession();
    const xml = await fx.virsh('plain', 'dumpxml', '--inactive', '--security-info', id);
    await fx.define('plain', xml.replace(/<graphics[\s\S]*?<\/graphics>/, ''));
    onTestFinished(() => fx.define('plain', xml));
    expect(session.ended()).toBe(false);
    expect(events).toEqual([]);
    (await openSession()).stream.destroy();
    await fx.virsh('plain', 'destroy', id);
    await fx.virsh('plain', 'start', id);
    await expect(hypervisor.openConsole(server, 'novnc')).rejects.toMatchObject({
      code: 'console-type-unavailable',
    });
    await fx.virsh('plain', 'destroy', id);
  });

  it('a host that does not let us in is unavailable, says so once in the log, and delays nobody else', async () => {
    // a client of its daemon by TLS needs a certificate, and this one has none
    const pki = mkdtempSync(join(tmpdir(), 'rc-no-certificate-'));
    onTestFinished(() => rmSync(pki, { recursive: true }));
    copyFileSync(fx.pki.ca, join(pki, 'cacert.pem'));
    const [plain, tls] = fx.hosts;
    const logger = rememberingLogger();
    const strangers = `${tls?.tlsUri.split('?')[0]}?pkipath=${pki}`;
    const hosts = [
      { name: 'plain', uri: plain?.uri },
      { name: 'tls', uri: strangers },
    ];
    const outsider = await createLibvirt({ hosts, timeouts: { call: 1, connect: 2 } }, { logger });
    onTestFinished(() => outsider.close());
    await expect(outsider.findServer(other)).rejects.toMatchObject(unavailable);
    expect(await duration(() => outsider.findServer(id))).toBeLessThan(500);
    expect((await outsider.listServers()).map((listed) => listed.id)).toContain(id);
    const warnings = logger.lines.filter((line) => line.startsWith('warn'));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('TLS');
  });

  it('a server whose definition is removed goes on while it runs, and is deleted after', async () => {
    const session = await openSession();
    const xml = await fx.virsh('plain', 'dumpxml', '--inactive', '--security-info', id);
    await fx.virsh('plain', 'undefine', id);
    expect((await hypervisor.findServer(id))?.vmState).toBe('active');
    expect(session.ended()).toBe(false);
    expect(events).toEqual([]);
    await fx.virsh('plain', 'destroy', id);
    await expect.poll(() => events.map(({ kind }) => kind)).toContain('stopped');
    expect(await hypervisor.findServer(id)).toBeUndefined();
    await expect(hypervisor.openConsole(server, 'novnc')).rejects.toMatchObject({ code: 'server-not-found' });
    await fx.define('plain', xml);
    expect((await hypervisor.findServer(id))?.vmState).toBe('stopped');
  });

  it('a saved server is suspended, and told so', async () => {
    const session = await openSession();
    await fx.virsh('plain', 'managedsave', id);
    expect(events).toEqual([{ serverId: id, kind: 'suspended' }]);
    expect((await hypervisor.findServer(id))?.vmState).toBe('suspended');
    await expect.poll(() => session.ended()).toBe(true);
    await expect(hypervisor.openConsole(server, 'novnc')).rejects.toMatchObject({
      code: 'server-state-invalid',
    });
  });
});
