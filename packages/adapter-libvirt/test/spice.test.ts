import type { AdapterContext, ConsoleConnection, ConsoleType } from '@remote-consoles/core';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { startLibvirtFixture } from '../../../scripts/fixtures/libvirt-fixture.js';
import type { LibvirtHypervisor } from '../src/index.js';
import { dial } from './dial.js';
import { createLibvirt, serverOf } from './libvirt-adapter.js';
import { linkSpice, type SpiceLink } from './spice-client.js';
import { openVnc } from './vnc-client.js';

const fixture = await startLibvirtFixture({
  name: 'lv-spice',
  portBase: 16_600,
  only: ['spice', 'vnc-and-spice', 'spice-tls', 'vnc-password', 'vnc-tls-password'],
});
const fixedTicket = 'sp1ce-secret';
const fixedPassword = 's3cret12';

describe.skipIf(fixture === undefined)('SPICE, and passwords of displays', () => {
  afterAll(() => fixture?.stop());

  interface Opened {
    hypervisor: LibvirtHypervisor;
    connection: ConsoleConnection;
  }

  async function open(
    name: string,
    access: 'uri' | 'tcpUri',
    type: ConsoleType,
    options = {},
    context: Partial<AdapterContext> = {},
  ): Promise<Opened> {
    if (!fixture) throw new Error('no fixture');
    const { ca, serverName } = fixture.pki;
    const hosts = fixture.hosts.map((host) => ({ name: host.name, uri: host[access] }));
    const hypervisor = await createLibvirt({ hosts, tls: { caFile: ca, serverName }, ...options }, context);
    onTestFinished(() => hypervisor.close());
    const server = await serverOf(hypervisor, fixture.domain(name).uuid);
    return { hypervisor, connection: await hypervisor.openConsole(server, type) };
  }

  async function link(
    { hypervisor, connection }: Opened,
    ticket = ticketOf(connection),
    channel = 1,
  ): Promise<SpiceLink> {
    const stream = await dial(connection.transport, hypervisor);
    onTestFinished(() => void stream.destroy());
    stream.on('error', () => {});
    return await linkSpice(stream, ticket, channel);
  }

  const ticketOf = ({ security }: ConsoleConnection): string =>
    security.kind === 'spice-ticket' ? security.ticket.reveal() : '';

  it.each(['spice', 'vnc-and-spice'])(
    'is handed over, each channel, and asks for no ticket: %s',
    async (name) => {
      const opened = await open(name, 'uri', 'spice-html5');
      expect(opened.connection.transport.kind).toBe('hypervisor');
      expect(opened.connection.security).toEqual({ kind: 'none' });
      expect(await link(opened)).toBe('ok');
      expect(await link(opened)).toBe('ok');
    },
  );

  it.each([
    ['spice', 'tcpUri', 'spice-html5', 'tcp', fixedTicket],
    ['vnc-and-spice', 'tcpUri', 'spice-html5', 'tcp', ''],
    ['spice-tls', 'tcpUri', 'spice-html5', 'tls', fixedTicket],
    ['spice-tls', 'uri', 'spice-html5', 'tls', fixedTicket],
  ] as const)(
    'is dialled, with TLS and ticket as the display wants: %s by %s, %s',
    async (name, access, type, kind, ticket) => {
      const opened = await open(name, access, type);
      expect(opened.connection.transport.kind).toBe(kind);
      expect(ticketOf(opened.connection)).toBe(ticket);
      expect(await link(opened)).toBe('ok');
      if (ticket !== '') expect(await link(opened, 'wrong')).toBe('permission-denied');
      expect(JSON.stringify(opened.connection)).not.toContain(fixedTicket);
    },
  );

  it.each([
    ['spice', 'spice-html5'],
    ['vnc-password', 'novnc'],
  ] as const)(
    'has a password for the session that lets nobody in once it is over: %s',
    async (name, type) => {
      // the clock of a gateway that set it almost two minutes ago
      const clock = { now: () => Date.now() - 117_000 };
      const opened = await open(name, 'tcpUri', type, { displayPasswords: 'session' }, { clock });
      const entered = async () => {
        if (type === 'spice-html5') return (await link(opened)) === 'ok';
        const session = await openVnc(opened.connection, opened.hypervisor).catch(() => undefined);
        session?.stream.destroy();
        return session !== undefined;
      };
      expect(await entered()).toBe(true);
      await expect.poll(entered, { timeout: 8_000, interval: 500 }).toBe(false);
    },
  );

  it('is dialled by the viewer itself with a ticket for the session, never with the fixed one', async () => {
    const opened = await open('spice', 'uri', 'spice-direct');
    expect(opened.connection.transport.kind).toBe('tcp');
    expect(ticketOf(opened.connection)).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(await link(opened)).toBe('ok');
  });

  it('tells its ports', async () => {
    const [graphics] = fixture?.domain('spice-tls').graphics ?? [];
    const { connection } = await open('spice-tls', 'uri', 'spice-html5');
    expect(connection.connectInfo).toMatchObject({ port: graphics?.tlsPort, tlsPort: graphics?.tlsPort });
  });

  it.each(['spice', 'spice-tls'])(
    'gets a ticket for the session, which the next one shares: %s',
    async (name) => {
      const session = { displayPasswords: 'session' };
      const [first, second] = [
        await open(name, 'tcpUri', 'spice-html5', session),
        await open(name, 'tcpUri', 'spice-html5', session),
      ];
      expect(ticketOf(first.connection)).toMatch(/^[A-Za-z0-9]{32}$/);
      expect(ticketOf(second.connection)).toBe(ticketOf(first.connection));
      expect(await link(first)).toBe('ok');
      expect(await link(second)).toBe('ok');
      expect(await link(first, fixedTicket)).toBe('permission-denied');
      const stored = await fixture?.virsh(
        first.connection.connectInfo.host === 'tls' ? 'tls' : fixture.domain(name).host,
        'dumpxml',
        '--inactive',
        '--security-info',
        name,
      );
      expect(stored).toContain(fixedTicket);
      expect(stored).not.toContain(ticketOf(first.connection));
    },
  );

  it.each(['vnc-password', 'vnc-tls-password'])('gives VNC a password for the session: %s', async (name) => {
    const { hypervisor, connection } = await open(name, 'tcpUri', 'novnc', { displayPasswords: 'session' });
    const { security } = connection;
    if (security.kind !== 'rfb') throw new Error('no VNC');
    expect(security.password?.reveal()).toMatch(/^[A-Za-z0-9]{8}$/);
    expect(security.password?.reveal()).not.toBe(fixedPassword);
    const session = await openVnc(connection, hypervisor);
    expect(session.init.name).toBe(`QEMU (${name})`);
    session.stream.destroy();
  });
});
