import { describe, expect, it } from 'vitest';
import { parseDomainXml } from '../domain/parse-domain-xml.js';
import { type DisplayTls, displayOf } from './display-console.js';
import type { ConsolePlace } from './reachable-console.js';
import { spiceConsole } from './spice-console.js';

const uuid = '00000000-0000-4000-8000-000000000001';
const tls: DisplayTls = { settings: { trust: { kind: 'ca', ca: 'PEM' } }, required: false };
const here: ConsolePlace = { hypervisor: 'lv', host: 'kvm1', passesDescriptors: true, machine: undefined };
const there: ConsolePlace = { ...here, host: 'kvm7', passesDescriptors: false, machine: 'kvm7.example.org' };

function consoleOf(graphics: string, place: ConsolePlace, { trust = tls, direct = false } = {}) {
  const xml = `<domain><name>n</name><uuid>${uuid}</uuid><devices><graphics type='vnc'/>${graphics}</devices></domain>`;
  const display = displayOf(parseDomainXml(xml), 'spice');
  if (!display) throw new Error('no SPICE display');
  return spiceConsole(uuid, display, place, trust, direct);
}

const both = `<graphics type='spice' port='5900' tlsPort='5901' listen='0.0.0.0' passwd='ticket'/>`;
const plain = `<graphics type='spice' port='5900' listen='0.0.0.0'/>`;
const secure = `<graphics type='spice' tlsPort='5901' listen='0.0.0.0' defaultMode='secure' passwd='ticket'/>`;
const partlySecure = `<graphics type='spice' port='5900' tlsPort='5901' listen='0.0.0.0'>
  <channel name='main' mode='secure'/><channel name='display' mode='insecure'/></graphics>`;

describe('spiceConsole', () => {
  it('has the display handed over where libvirt can: no port, no ticket', () => {
    expect(consoleOf(both, here)).toEqual({
      transport: { kind: 'hypervisor', hypervisor: 'lv', address: `display/kvm1/${uuid}/1` },
      security: { kind: 'none' },
      connectInfo: { host: 'kvm1', port: 5900, tlsPort: 5901, internalAccessPath: null },
    });
  });

  it.each([secure, partlySecure])('dials a display that wants TLS, also here', (graphics) => {
    const console = consoleOf(graphics, here);
    expect(console?.transport).toEqual({ kind: 'tls', host: '127.0.0.1', port: 5901, tls: tls.settings });
  });

  it('dials elsewhere, by TLS where it is offered, with the ticket', () => {
    const { transport, security, connectInfo } = consoleOf(both, there) ?? {};
    expect(transport).toEqual({ kind: 'tls', host: 'kvm7.example.org', port: 5901, tls: tls.settings });
    expect(security?.kind === 'spice-ticket' && security.ticket.reveal()).toBe('ticket');
    expect(connectInfo).toEqual({
      host: 'kvm7.example.org',
      port: 5900,
      tlsPort: 5901,
      internalAccessPath: null,
    });
    expect(consoleOf(plain, there)).toEqual({
      transport: { kind: 'tcp', host: 'kvm7.example.org', port: 5900 },
      security: { kind: 'none' },
      connectInfo: { host: 'kvm7.example.org', port: 5900, tlsPort: null, internalAccessPath: null },
    });
    expect(consoleOf(secure, there)?.connectInfo).toMatchObject({ port: 5901, tlsPort: 5901 });
  });

  it('is dialled by a direct client, never handed over', () => {
    expect(consoleOf(plain, here, { direct: true })?.transport).toEqual({
      kind: 'tcp',
      host: '127.0.0.1',
      port: 5900,
    });
    const socket = `<graphics type='spice'><listen type='socket' socket='/run/s.sock'/></graphics>`;
    expect(consoleOf(socket, here, { direct: true })).toBeUndefined();
    expect(consoleOf(socket, { ...here, passesDescriptors: false })?.transport).toEqual({
      kind: 'unix',
      path: '/run/s.sock',
    });
  });

  it('is not there without a way to it', () => {
    const required = { trust: { ...tls, required: true } };
    expect(consoleOf(plain, there, required)).toBeUndefined();
    expect(consoleOf(plain, here, required)?.transport.kind).toBe('hypervisor');
    expect(consoleOf(`<graphics type='spice' port='5900' listen='127.0.0.1'/>`, there)).toBeUndefined();
    expect(consoleOf(`<graphics type='spice'><listen type='none'/></graphics>`, there)).toBeUndefined();
    expect(
      consoleOf(`<graphics type='spice' port='5900' listen='0.0.0.0' defaultMode='secure'/>`, there),
    ).toBeUndefined();
  });
});
