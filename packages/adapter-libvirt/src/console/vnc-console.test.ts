import { Secret } from '@remote-consoles/core';
import { describe, expect, it } from 'vitest';
import type { DomainDescription } from '../domain/domain-description.js';
import { parseDomainXml } from '../domain/parse-domain-xml.js';
import { type DisplayTls, displayOf } from './display-console.js';
import type { ConsolePlace } from './reachable-console.js';
import { vncConsole } from './vnc-console.js';

const uuid = '00000000-0000-4000-8000-000000000001';
const withDisplays = (graphics: string) =>
  parseDomainXml(`<domain><name>n</name><uuid>${uuid}</uuid><devices>${graphics}</devices></domain>`);
const consoleOf = (domain: DomainDescription, place: ConsolePlace, trust: DisplayTls) => {
  const display = displayOf(domain, 'vnc');
  return display && vncConsole(uuid, display, place, trust);
};
const tls: DisplayTls = {
  settings: { trust: { kind: 'ca', ca: 'PEM' }, serverName: 'kvm7' },
  required: false,
};
const here: ConsolePlace = { hypervisor: 'lv', host: 'kvm1', passesDescriptors: true, machine: undefined };
const hereDialled: ConsolePlace = { ...here, passesDescriptors: false };
const there: ConsolePlace = { ...hereDialled, host: 'kvm7', machine: 'kvm7.example.org' };

describe('vncConsole', () => {
  it('has the display handed over where libvirt can: no port, no password', () => {
    const domain = withDisplays(
      `<graphics type='spice' port='5900'/><graphics type='vnc' port='5901' passwd='x'/>`,
    );
    expect(consoleOf(domain, here, tls)).toEqual({
      transport: { kind: 'hypervisor', hypervisor: 'lv', address: `display/kvm1/${uuid}/1` },
      security: { kind: 'rfb' },
      connectInfo: { host: 'kvm1', port: 5901, tlsPort: null, internalAccessPath: null },
    });
  });

  it.each(["<listen type='none'/>", "<listen type='socket' socket='/run/vnc.sock'/>"])(
    'has a display without a port handed over: %s',
    (listen) => {
      const console = consoleOf(withDisplays(`<graphics type='vnc'>${listen}</graphics>`), here, tls);
      expect(console?.transport.kind).toBe('hypervisor');
      expect(console?.connectInfo.port).toBe(0);
    },
  );

  it('dials a port elsewhere, with the password and TLS as configured', () => {
    const domain = withDisplays(`<graphics type='vnc' port='5901' listen='0.0.0.0' passwd='s3cret12'/>`);
    const { transport, security, connectInfo } = consoleOf(domain, there, { ...tls, required: true }) ?? {};
    expect(transport).toEqual({ kind: 'tcp', host: 'kvm7.example.org', port: 5901 });
    expect(connectInfo).toEqual({
      host: 'kvm7.example.org',
      port: 5901,
      tlsPort: null,
      internalAccessPath: null,
    });
    expect(security).toMatchObject({ kind: 'rfb', tls: tls.settings, tlsRequired: true });
    const { password } = security as { password: Secret };
    expect(password).toBeInstanceOf(Secret);
    expect(password.reveal()).toBe('s3cret12');
  });

  it.each([
    ['127.0.0.1', hereDialled, '127.0.0.1'],
    ['0.0.0.0', hereDialled, '127.0.0.1'],
    ['::', hereDialled, '::1'],
    ['10.0.0.7', hereDialled, '10.0.0.7'],
    ['::', there, 'kvm7.example.org'],
    ['10.0.0.7', there, '10.0.0.7'],
    ['127.0.0.1', { ...there, machine: '127.0.0.1' }, '127.0.0.1'],
    ['0.0.0.0', { ...there, machine: 'localhost' }, '127.0.0.1'],
    ['127.0.0.1', there, undefined],
    ['127.8.8.8', there, undefined],
    ['::1', there, undefined],
    ['localhost', there, undefined],
  ])('dials a display that listens on %s', (listen, place, host) => {
    const console = consoleOf(
      withDisplays(`<graphics type='vnc' port='5901' listen='${listen}'/>`),
      place,
      tls,
    );
    expect(console?.transport).toEqual(host && { kind: 'tcp', host, port: 5901 });
  });

  it('dials a unix socket on this machine only', () => {
    const domain = withDisplays(
      `<graphics type='vnc'><listen type='socket' socket='/run/vnc.sock'/></graphics>`,
    );
    expect(consoleOf(domain, hereDialled, tls)?.transport).toEqual({ kind: 'unix', path: '/run/vnc.sock' });
    expect(consoleOf(domain, there, tls)).toBeUndefined();
  });

  it('is not there without a VNC display, or without a way to it', () => {
    expect(consoleOf(withDisplays(`<graphics type='spice' port='5900'/>`), here, tls)).toBeUndefined();
    expect(consoleOf(withDisplays(''), here, tls)).toBeUndefined();
    expect(consoleOf(withDisplays(`<graphics type='vnc' port='-1'/>`), there, tls)).toBeUndefined();
  });
});
