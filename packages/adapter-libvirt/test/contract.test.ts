import { describeHypervisorPort } from '@remote-consoles/testkit';
import { afterAll, describe } from 'vitest';
import { startLibvirtFixture } from '../../../scripts/fixtures/libvirt-fixture.js';
import { createLibvirt } from './libvirt-adapter.js';

const only = ['vnc-socket', 'vnc-password', 'headless', 'spice', 'serial'];
const fixture = await startLibvirtFixture({ name: 'lv-contract', portBase: 16_300, only });

describe.skipIf(fixture === undefined)('against libvirt and QEMU', () => {
  afterAll(() => fixture?.stop());

  for (const access of ['uri', 'tcpUri'] as const) {
    describeHypervisorPort(`libvirt, by ${access}`, async () => {
      if (!fixture) throw new Error('no fixture');
      const [plain] = fixture.hosts.map((host) => ({ name: host.name, uri: host[access] }));
      const first = fixture.domain('vnc-socket').uuid;
      if ((await fixture.virsh('plain', 'domstate', first)).trim() !== 'running') {
        await fixture.virsh('plain', 'start', first);
      }
      const port = await createLibvirt({ hosts: [plain], timeouts: { connect: 5, call: 2 } });
      return {
        port,
        consoles: [
          { serverId: first, type: 'novnc' },
          { serverId: fixture.domain('vnc-password').uuid, type: 'novnc' },
          { serverId: fixture.domain('vnc-password').uuid, type: 'xvpvnc' },
          { serverId: fixture.domain('spice').uuid, type: 'spice-html5' },
          { serverId: fixture.domain('spice').uuid, type: 'spice-direct' },
          { serverId: fixture.domain('serial').uuid, type: 'serial' },
        ],
        withoutDevice: { serverId: fixture.domain('headless').uuid, type: 'novnc' },
        notImplemented: { serverId: first, type: 'rdp-html5' },
        stopped: fixture.domain('stopped').uuid,
        secrets: ['s3cret12', 'sp1ce-secret'],
        log: { serverId: fixture.domain('serial').uuid, contains: 'GUEST-READY' },
        endFirstConsole: async () => {
          await fixture.virsh('plain', 'destroy', first);
          return { serverId: first, kind: 'stopped' };
        },
        makeUnavailable: () => fixture.signalDaemon('plain', 'SIGSTOP'),
        dispose: async () => {
          fixture.signalDaemon('plain', 'SIGCONT');
          await port.close();
        },
      };
    });
  }
});
