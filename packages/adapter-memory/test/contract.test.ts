import { describeHypervisorPort } from '@remote-consoles/testkit';
import { memoryHypervisor, SERVER_ID } from './support/memory-hypervisor.js';

const BARE = '1f0c7a52-0000-4000-8000-000000000002';
const STOPPED = '1f0c7a52-0000-4000-8000-000000000003';

describeHypervisorPort(
  'the memory hypervisor',
  async () => {
    const server = { project: 'p', host: 'compute-1' };
    const port = await memoryHypervisor({
      protocols: ['vnc', 'serial', 'spice', 'rdp'],
      servers: [
        {
          ...server,
          id: SERVER_ID,
          name: 'full',
          user: 'u',
          consoles: {
            vnc: { security: 'x509vnc', password: 'vnc-pass' },
            serial: 'live',
            spice: { host: '192.0.2.7', port: 5930, password: 'spice-pass' },
            rdp: { host: '192.0.2.8', user: 'u', password: 'rdp-pass' },
          },
        },
        {
          ...server,
          id: BARE,
          name: 'bare',
          consoles: { vnc: { host: '192.0.2.9', password: 'static-pass' } },
        },
        { ...server, id: STOPPED, name: 'off', vmState: 'stopped', consoles: { vnc: 'live' } },
      ],
    });
    return {
      port,
      consoles: [
        { serverId: SERVER_ID, type: 'novnc' },
        { serverId: SERVER_ID, type: 'serial' },
        { serverId: SERVER_ID, type: 'spice-html5' },
        { serverId: SERVER_ID, type: 'spice-direct' },
        { serverId: SERVER_ID, type: 'rdp-html5' },
        { serverId: BARE, type: 'novnc' },
      ],
      withoutDevice: { serverId: BARE, type: 'spice-html5' },
      notImplemented: { serverId: SERVER_ID, type: 'webmks' },
      stopped: STOPPED,
      endFirstConsole: async () => {
        await port.stop(SERVER_ID);
        return { serverId: SERVER_ID, kind: 'stopped' };
      },
      log: { serverId: SERVER_ID, contains: 'a simulated machine of remote-consoles' },
      secrets: ['vnc-pass', 'spice-pass', 'rdp-pass', 'static-pass'],
      dispose: () => port.close(),
    };
  },
  { lacks: ['makeUnavailable'] },
);
