import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDomainXml } from './parse-domain-xml.js';
import { XmlError } from './xml-element.js';

const uuid = '00000000-0000-4000-8000-000000000001';
const domain = (devices: string, rest = ''): string =>
  `<domain type='kvm' id='7'><name>web</name><uuid>${uuid}</uuid>${rest}<devices>${devices}</devices></domain>`;
const displaysOf = (devices: string) => parseDomainXml(domain(devices)).displays;
const charactersOf = (devices: string) => parseDomainXml(domain(devices)).characterDevices;

describe('parseDomainXml', () => {
  it('reads who the domain is', () => {
    expect(parseDomainXml(domain('', '<title>Web &amp; more</title>'))).toEqual({
      uuid,
      name: 'web',
      title: 'Web & more',
      metadata: {},
      displays: [],
      characterDevices: [],
    });
    expect(parseDomainXml(`<domain><name>n</name><uuid>u</uuid></domain>`).displays).toEqual([]);
  });

  it.each([
    ['another document', '<network><name>n</name><uuid>u</uuid></network>'],
    ['no UUID', '<domain><name>n</name></domain>'],
    ['no name', '<domain><uuid>u</uuid><devices/></domain>'],
  ])('refuses %s', (_what, xml) => {
    expect(() => parseDomainXml(xml)).toThrow(XmlError);
  });

  it('reads or refuses every beginning of a domain', () => {
    const whole = domain(
      `<graphics type='vnc' port='5900' passwd='s&amp;cret'><listen type='address' address='::'/></graphics>`,
      `<metadata><n:instance xmlns:n='http://openstack.org/xmlns/libvirt/nova/1.0'/></metadata>`,
    );
    for (let length = 0; length < whole.length; length++) {
      try {
        const { uuid: id } = parseDomainXml(whole.slice(0, length));
        expect(uuid.startsWith(id)).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(XmlError);
        expect(String(error)).not.toContain('cret');
      }
    }
  });

  it('numbers displays as libvirt does, of every type', () => {
    const [vnc, rdp, spice] = displaysOf(`
      <graphics type='vnc' port='5900' autoport='yes' listen='127.0.0.1'><listen type='address' address='127.0.0.1'/></graphics>
      <graphics type='rdp' port='3389'/>
      <graphics type='spice' port='5901' tlsPort='5902' listen='0.0.0.0'/>`);
    expect(vnc).toMatchObject({
      type: 'vnc',
      index: 0,
      listen: { kind: 'tcp', host: '127.0.0.1', port: 5900 },
    });
    expect(rdp).toMatchObject({ type: 'other', index: 1 });
    expect(spice).toMatchObject({
      type: 'spice',
      index: 2,
      listen: { kind: 'tcp', host: '0.0.0.0', port: 5901, tlsPort: 5902 },
    });
  });

  it.each([
    ['no port yet', `<graphics type='vnc' port='-1' autoport='yes' listen='127.0.0.1'/>`, { kind: 'none' }],
    ['no port said', `<graphics type='vnc'/>`, { kind: 'none' }],
    ['a port that is none', `<graphics type='vnc' port='65536'/>`, { kind: 'none' }],
    ['a port with more to it', `<graphics type='vnc' port='5900x'/>`, { kind: 'none' }],
    [
      'listening nowhere',
      `<graphics type='vnc' port='5900'><listen type='none'/></graphics>`,
      { kind: 'none' },
    ],
    ['no address', `<graphics type='vnc' port='5900'/>`, { kind: 'tcp', host: '127.0.0.1', port: 5900 }],
    [
      'a network',
      `<graphics type='vnc' port='5900'><listen type='network' network='n' address='10.0.0.7'/></graphics>`,
      { kind: 'tcp', host: '10.0.0.7', port: 5900 },
    ],
    [
      'a socket',
      `<graphics type='vnc'><listen type='socket' socket='/run/vnc.sock'/></graphics>`,
      { kind: 'unix', path: '/run/vnc.sock' },
    ],
    [
      'a socket, as of old',
      `<graphics type='vnc' socket='/run/vnc.sock'/>`,
      { kind: 'unix', path: '/run/vnc.sock' },
    ],
    [
      'TLS alone',
      `<graphics type='spice' tlsPort='5902' listen='::'/>`,
      { kind: 'tcp', host: '::', tlsPort: 5902 },
    ],
  ])('knows where a display listens: %s', (_what, xml, listen) => {
    expect(displaysOf(xml)[0]?.listen).toEqual(listen);
  });

  it.each([
    [`<graphics type='spice' defaultMode='secure'/>`, true],
    [`<graphics type='spice' defaultMode='any'><channel name='main' mode='secure'/></graphics>`, true],
    [`<graphics type='spice' defaultMode='insecure'><channel name='main' mode='any'/></graphics>`, false],
    [`<graphics type='spice'/>`, false],
  ])('knows a display that lets nobody in without TLS: %s', (xml, secureOnly) => {
    expect(displaysOf(xml)[0]?.secureOnly).toBe(secureOnly);
  });

  it('reads until when a password is valid', () => {
    const until = (attribute: string) =>
      displaysOf(`<graphics type='vnc' ${attribute}/>`)[0]?.passwordValidTo;
    expect(until(`passwdValidTo='2026-01-31T12:00:00'`)).toBe(Date.UTC(2026, 0, 31, 12));
    expect(until(`passwdValidTo='soon'`)).toBeUndefined();
    expect(until('')).toBeUndefined();
  });

  it('keeps a password from being printed, and gives it unchanged', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[!-~]{1,60}$/), (password) => {
        const escaped = password.replace(
          /[<>&'"]/g,
          (character) => `&#x${character.charCodeAt(0).toString(16)};`,
        );
        const [display] = displaysOf(`<graphics type='vnc' port='5900' passwd='${escaped}'/>`);
        expect(display?.password?.reveal()).toBe(password);
        const printed = inspect(display, { depth: null, showHidden: true });
        expect(printed).toContain('[redacted]');
        if (password.length > 8) expect(printed).not.toContain(password);
      }),
    );
  });

  it('reads serial ports and consoles, each once', () => {
    expect(
      charactersOf(`
        <serial type='pty'><source path='/dev/pts/2'/><log file='/var/log/web.log' append='off'/>
          <target type='isa-serial' port='0'/><alias name='serial0'/></serial>
        <serial type='unix'><source mode='bind' path='/run/s.sock'/><target type='isa-serial'/><alias name='serial1'/></serial>
        <serial type='tcp'><source mode='bind' host='10.0.0.7' service='4555' tls='yes'/><protocol type='telnet'/>
          <target type='isa-serial'/><alias name='serial2'/></serial>
        <serial type='tcp'><source mode='connect' host='h' service='4556'/><protocol type='raw'/><target type='isa-serial'/></serial>
        <serial type='file'><source path='/tmp/out'/></serial>
        <serial type='tcp'><source mode='bind' host='h' service='none'/></serial>
        <console type='pty' tty='/dev/pts/2'><target type='serial' port='0'/><alias name='serial0'/></console>
        <console type='pty'><target type='virtio' port='1'/><alias name='console1'/></console>`),
    ).toEqual([
      { alias: 'serial0', target: 'isa-serial', source: { kind: 'pty' }, logFile: '/var/log/web.log' },
      { alias: 'serial1', target: 'isa-serial', source: { kind: 'unix', mode: 'bind', path: '/run/s.sock' } },
      {
        alias: 'serial2',
        target: 'isa-serial',
        source: { kind: 'tcp', mode: 'bind', host: '10.0.0.7', port: 4555, protocol: 'telnet', tls: true },
      },
      {
        target: 'isa-serial',
        source: { kind: 'tcp', mode: 'connect', host: 'h', port: 4556, protocol: 'raw', tls: false },
      },
      { target: 'serial', source: { kind: 'file', path: '/tmp/out' } },
      { target: 'serial', source: { kind: 'other', type: 'tcp' } },
      { alias: 'console1', target: 'virtio', source: { kind: 'pty' } },
    ]);
  });
});

describe('metadata', () => {
  const metadataOf = (metadata: string) =>
    parseDomainXml(domain('', `<metadata>${metadata}</metadata>`)).metadata;
  const nova = (inside: string, prefix = 'nova'): string =>
    `<${prefix}:instance xmlns:${prefix}='http://openstack.org/xmlns/libvirt/nova/1.0'>${inside}</${prefix}:instance>`;
  const owner = `<nova:owner><nova:user uuid='u1'>alice</nova:user><nova:project uuid='p1'>demo</nova:project></nova:owner>`;

  it('is read as Nova writes it', () => {
    expect(
      metadataOf(
        nova(`<nova:package version='32'/><nova:name>web &lt;1&gt;</nova:name>
          <nova:creationTime>2026-01-31 12:00:00</nova:creationTime>${owner}`),
      ),
    ).toEqual({ name: 'web <1>', createdAt: Date.UTC(2026, 0, 31, 12), userId: 'u1', projectId: 'p1' });
  });

  it('is read whatever the prefix, and not in another namespace', () => {
    expect(metadataOf(nova(owner.replaceAll('nova:', 'n:'), 'n')).projectId).toBe('p1');
    expect(metadataOf(`<instance>${owner}</instance>`)).toEqual({});
    expect(metadataOf(nova(owner).replace('/nova/1.0', '/nova/9.9'))).toEqual({});
  });

  it('is ours before it is Nova’s', () => {
    expect(
      metadataOf(
        `${nova(owner)}<rc:server xmlns:rc='urn:remote-consoles:server:1' project='p2' name='mine'/>`,
      ),
    ).toEqual({ projectId: 'p2', name: 'mine' });
  });

  it.each([
    ['', {}],
    [nova(''), {}],
    [nova(`<nova:owner><nova:project uuid=''/></nova:owner>`), {}],
    [nova(`<nova:creationTime>yesterday</nova:creationTime>`), {}],
    [nova(`<nova:creationTime>2026-99-31 12:00:00</nova:creationTime>`), {}],
  ])('may say nothing: %s', (metadata, expected) => {
    expect(metadataOf(metadata)).toEqual(expected);
  });
});
