import type { Server, ServerEvent } from '@remote-consoles/core';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { startLibvirtFixture } from '../../../scripts/fixtures/libvirt-fixture.js';
import type { LibvirtHypervisor } from '../src/index.js';
import { createLibvirt } from './libvirt-adapter.js';
import { openVnc, type VncSession } from './vnc-client.js';

const guest = 'vnc-websocket';
const portBase = 16_900;
const fixture = await startLibvirtFixture({ name: 'lv-migration', portBase, only: [guest] });
if (fixture?.canMigrate === false)
  console.warn('\n*** SKIPPED: live migration, which needs unshare --uts ***\n');

describe.skipIf(fixture?.canMigrate !== true)('a server that migrates', () => {
  const fx = fixture as NonNullable<typeof fixture>;
  const id = fixture?.domain(guest).uuid ?? '';
  afterAll(() => fx.stop());

  async function migrate(from: 'plain' | 'tls', to: 'plain' | 'tls', ...flags: string[]): Promise<void> {
    const target = fx.hosts.find(({ name }) => name === to)?.tcpUri ?? '';
    const data = `tcp://127.0.0.1:${portBase + (to === 'tls' ? 95 : 96)}`;
    await fx.virsh(from, 'migrate', '--live', '--unsafe', ...flags, id, target, data);
  }

  async function open(
    hypervisor: LibvirtHypervisor,
    server: Server,
  ): Promise<VncSession & { ended: () => boolean }> {
    const session = await openVnc(await hypervisor.openConsole(server, 'novnc'), hypervisor);
    onTestFinished(() => void session.stream.destroy());
    let ended = false;
    session.stream
      .on('error', () => {})
      .once('close', () => {
        ended = true;
      });
    session.stream.resume();
    return { ...session, ended: () => ended };
  }

  it('is never out of sight, tells its sessions once, and has its console on the new host', async () => {
    const hypervisor = await createLibvirt({ hosts: fx.hosts.map(({ name, uri }) => ({ name, uri })) });
    onTestFinished(() => hypervisor.close());
    const events: ServerEvent[] = [];
    hypervisor.watch((event) => events.push(event));
    for (const [from, to, flags] of [
      ['plain', 'tls', []],
      ['tls', 'plain', ['--persistent', '--undefinesource']],
    ] as const) {
      const server = (await hypervisor.findServer(id)) as Server;
      expect(server).toMatchObject({ host: from, vmState: 'active' });
      const session = await open(hypervisor, server);
      const seen: (Server | undefined)[] = [];
      let moving = true;
      const looking = (async () => {
        while (moving) seen.push(await hypervisor.findServer(id));
      })();
      await migrate(from, to, ...flags);
      moving = false;
      await looking;
      expect(new Set(seen.map((found) => found?.vmState))).toEqual(new Set(['active']));
      await expect.poll(() => session.ended()).toBe(true);
      expect(events.splice(0)).toEqual([{ serverId: id, kind: 'migrated' }]);
      const moved = (await hypervisor.findServer(id)) as Server;
      expect(moved).toMatchObject({ host: to, vmState: 'active' });
      expect((await hypervisor.listServers()).filter((listed) => listed.id === id)).toEqual([moved]);
      const next = await open(hypervisor, moved);
      expect(next.init.name).toBe(`QEMU (${guest})`);
      next.stream.destroy();
    }
  });
});
