import { describe, expect, it } from 'vitest';
import type { ConsolePlace } from '../console/reachable-console.js';
import { parseDomainXml } from '../domain/parse-domain-xml.js';
import { serialConsole } from './character-device.js';

const uuid = '00000000-0000-4000-8000-000000000001';
const here: ConsolePlace = { hypervisor: 'lv', host: 'kvm1', passesDescriptors: true, machine: undefined };
const there: ConsolePlace = { ...here, passesDescriptors: false, machine: 'kvm7' };

const serial = (type: string, alias: string, inside = ''): string =>
  `<serial type='${type}'>${inside}<target type='isa-serial'/><alias name='${alias}'/></serial>`;
const tcp = (alias: string, source: string, protocol = 'raw'): string =>
  serial('tcp', alias, `<source ${source}/><protocol type='${protocol}'/>`);

function addressOf(devices: string, place: ConsolePlace, metadata = ''): string | undefined {
  const xml = `<domain><name>n</name><uuid>${uuid}</uuid><metadata>${metadata}</metadata><devices>${devices}</devices></domain>`;
  const { transport, security } = serialConsole(parseDomainXml(xml), place) ?? {};
  if (transport?.kind !== 'hypervisor') return undefined;
  expect(security).toEqual({ kind: 'none' });
  return transport.address.split('/').at(-1);
}

describe('serialConsole', () => {
  it('is the first device that can be reached', () => {
    const devices = [
      serial('file', 'serial0', `<source path='/tmp/x'/>`),
      tcp('serial1', `mode='connect' host='h' service='1'`),
      serial('pty', 'serial2'),
      serial('pty', 'serial3'),
    ].join('');
    expect(addressOf(devices, here)).toBe('serial2');
    expect(addressOf(devices, there)).toBe('serial2');
  });

  it('is the one that the metadata names, or none', () => {
    const devices = `${serial('pty', 'serial0')}
      <console type='pty'><target type='virtio'/><alias name='console1'/></console>`;
    const named = (alias: string): string =>
      `<x:server xmlns:x='urn:remote-consoles:server:1' serial='${alias}'/>`;
    expect(addressOf(devices, here, named('console1'))).toBe('console1');
    expect(addressOf(devices, here, named('1'))).toBe('console1');
    for (const absent of ['console9', '2', '-1', '01']) {
      expect(addressOf(devices, here, named(absent))).toBeUndefined();
    }
  });

  it.each([
    [`mode='bind' host='127.0.0.1' service='4555'`, 'raw', true, false],
    [`mode='bind' host='0.0.0.0' service='4555'`, 'raw', true, true],
    [`mode='bind' host='10.0.0.7' service='4555'`, 'raw', true, true],
    [`mode='bind' host='0.0.0.0' service='4555'`, 'telnet', false, false],
    [`mode='bind' host='0.0.0.0' service='4555' tls='yes'`, 'raw', false, false],
    [`mode='connect' host='0.0.0.0' service='4555'`, 'raw', false, false],
  ])('reaches tcp %s %s', (source, protocol, fromHere, fromThere) => {
    expect(addressOf(tcp('serial0', source, protocol), here)).toBe(fromHere ? 'serial0' : undefined);
    expect(addressOf(tcp('serial0', source, protocol), there)).toBe(fromThere ? 'serial0' : undefined);
  });

  it('reaches a unix socket on this machine only', () => {
    const socket = serial('unix', 'serial0', `<source mode='bind' path='/run/s.sock'/>`);
    expect(addressOf(socket, here)).toBe('serial0');
    expect(addressOf(socket, there)).toBeUndefined();
  });

  it('is not there without a device, or before the device has a name', () => {
    expect(addressOf('', here)).toBeUndefined();
    expect(addressOf(`<serial type='pty'/>`, here)).toBeUndefined();
  });
});
