import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { encodeClientMessage } from '@remote-consoles/rfb';
import { Connection } from 'libvirt-ts';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { startLibvirtFixture } from '../../../scripts/fixtures/libvirt-fixture.js';
import { createLibvirt, serverOf } from './libvirt-adapter.js';
import { openVnc, type VncSession } from './vnc-client.js';

const fixture = await startLibvirtFixture({
  name: 'lv-vnc',
  portBase: 16_400,
  only: [
    'vnc',
    'vnc-password',
    'vnc-socket',
    'vnc-websocket',
    'vnc-no-listener',
    'vnc-tls',
    'vnc-tls-password',
  ],
  verifyClients: true,
});

/** The TCP ports that a process listens on. */
function listeningPorts(pid: number): number[] {
  const links = readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`);
    } catch {
      return ''; // closed meanwhile
    }
  });
  const inodes = new Set(links.map((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1]).filter(Boolean));
  const rows = ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'latin1').split('\n'),
  );
  return rows.flatMap((row) => {
    const [, local, , state, , , , , , inode] = row.trim().split(/\s+/);
    return state === '0A' && inodes.has(inode) ? [Number.parseInt(local?.split(':')[1] ?? '', 16)] : [];
  });
}

describe.skipIf(fixture === undefined)('VNC', () => {
  afterAll(() => fixture?.stop());

  async function open(name: string, access: 'uri' | 'tcpUri' | 'tlsUri', tls?: object): Promise<VncSession> {
    if (!fixture) throw new Error('no fixture');
    const { ca, clientCert, clientKey, serverName } = fixture.pki;
    const hypervisor = await createLibvirt({
      hosts: fixture.hosts.map((host) => ({ name: host.name, uri: host[access] })),
      tls: { caFile: ca, serverName, certificateFile: clientCert, keyFile: clientKey, ...tls },
    });
    onTestFinished(() => hypervisor.close());
    const server = await serverOf(hypervisor, fixture.domain(name).uuid);
    const session = await openVnc(await hypervisor.openConsole(server, 'novnc'), hypervisor);
    onTestFinished(() => void session.stream.destroy());
    return session;
  }

  it.each([
    'vnc',
    'vnc-password',
    'vnc-socket',
    'vnc-websocket',
    'vnc-no-listener',
    'vnc-tls',
    'vnc-tls-password',
  ])('is handed over by libvirt: %s', async (name) => {
    const { security, encrypted, init } = await open(name, 'uri');
    expect({ security, encrypted, name: init.name }).toEqual({
      security: 'none',
      encrypted: false,
      name: `QEMU (${name})`,
    });
    expect(init.width).toBeGreaterThanOrEqual(640);
  });

  it.each([
    ['vnc', 'none', false],
    ['vnc-password', 'vnc', false],
    ['vnc-socket', 'none', false],
    ['vnc-websocket', 'none', false],
    ['vnc-tls', 'x509none', true],
    ['vnc-tls-password', 'x509vnc', true],
  ])(
    'is dialled, with the password and TLS that the display wants: %s',
    async (name, security, encrypted) => {
      const session = await open(name, 'tcpUri');
      expect(session.init.name).toBe(`QEMU (${name})`);
      expect({ security: session.security, encrypted: session.encrypted }).toEqual({ security, encrypted });
    },
  );

  it('is dialled where libvirt itself is reached by TLS', async () => {
    expect((await open('vnc-tls-password', 'tlsUri')).security).toBe('x509vnc');
  });

  it('is not dialled when its certificate is not believed', async () => {
    await expect(open('vnc-tls', 'tcpUri', { caFile: undefined })).rejects.toThrow(/certificate/);
    await expect(open('vnc-tls', 'tcpUri', { serverName: 'other.example.org' })).rejects.toThrow(
      /other.example.org/,
    );
  });

  it('is not dialled without the certificate that the display asks for', async () => {
    await expect(
      open('vnc-tls', 'tcpUri', { certificateFile: undefined, keyFile: undefined }),
    ).rejects.toThrow();
  });

  it('is not dialled unencrypted where TLS is required', async () => {
    await expect(open('vnc', 'tcpUri', { required: true })).rejects.toThrow();
  });

  it('has no way in from afar where the display listens nowhere', async () => {
    await expect(open('vnc-no-listener', 'tcpUri')).rejects.toMatchObject({
      code: 'console-type-unavailable',
    });
  });

  it('needs no open port: a guest is typed into while its QEMU listens on nothing', async () => {
    if (!fixture) throw new Error('no fixture');
    const { stream } = await open('vnc-no-listener', 'uri');
    const connection = await Connection.open(fixture.uriOf('plain'));
    onTestFinished(async () => void (await connection.close()));
    const serial = await (await connection.lookupByName('vnc-no-listener')).openConsole();
    let printed = '';
    serial.on('data', (chunk: Buffer) => {
      printed += chunk.toString('latin1');
    });
    stream.resume();
    const key = (keysym: number, down: boolean) =>
      stream.write(encodeClientMessage({ type: 'key-event', keysym, down }));
    const type = async (text: string): Promise<void> => {
      for (const character of text) {
        const keysym = character === '\n' ? 0xff0d : character.charCodeAt(0);
        if (character === '>') key(0xffe1, true); // Shift, on the guest's US keyboard
        key(keysym, true);
        key(keysym, false);
        if (character === '>') key(0xffe1, false);
        await delay(20); // the guest's keyboard buffers eight keys
      }
    };
    const enough = performance.now() + 30_000;
    while (!printed.includes('typed-42') && performance.now() < enough) {
      await type('\necho typed-42 > /dev/ttyS0\n');
      await delay(500);
    }
    expect(printed).toContain('typed-42');
    const pid = fixture.guestPid('vnc-no-listener');
    expect(listeningPorts(fixture.guestPid('vnc'))).toContain(fixture.domain('vnc').graphics[0]?.port);
    expect(listeningPorts(pid)).toEqual([]);
  });
});
