import { Secret } from '@remote-consoles/core';
import type {
  CharacterDevice,
  CharacterSource,
  Display,
  DisplayListen,
  DomainDescription,
} from './domain-description.js';
import { serverMetadata } from './server-metadata.js';
import { readXml, type XmlElement, XmlError } from './xml-element.js';

/** Where QEMU listens when nothing says so. */
const defaultListenAddress = '127.0.0.1';

/**
 * Reads a domain's XML (https://libvirt.org/formatdomain.html).
 *
 * @throws XmlError where it is not a domain with a UUID and a name
 */
export function parseDomainXml(xml: string): DomainDescription {
  const domain = readXml(xml);
  const uuid = domain.child('uuid')?.text;
  const name = domain.child('name')?.text;
  if (domain.name !== 'domain' || !uuid || !name) throw new XmlError('the XML document describes no domain');
  const devices = domain.child('devices');
  return {
    uuid,
    name,
    title: domain.child('title')?.text || undefined,
    metadata: serverMetadata(domain.child('metadata')),
    displays: (devices?.childrenNamed('graphics') ?? []).map(display),
    characterDevices: devices === undefined ? [] : characterDevices(devices),
  };
}

function display(graphics: XmlElement, index: number): Display {
  const type = graphics.attribute('type');
  const password = graphics.attribute('passwd');
  const passwordValidTo = validTo(graphics.attribute('passwdValidTo'));
  return {
    type: type === 'vnc' || type === 'spice' ? type : 'other',
    index,
    listen: displayListen(graphics),
    element: graphics,
    secureOnly: isSecureOnly(graphics),
    ...(passwordValidTo !== undefined && { passwordValidTo }),
    ...(password !== undefined && { password: new Secret(password) }),
  };
}

function isSecureOnly(graphics: XmlElement): boolean {
  const channels = graphics.childrenNamed('channel');
  return (
    graphics.attribute('defaultMode') === 'secure' ||
    channels.some((channel) => channel.attribute('mode') === 'secure')
  );
}

/** `2026-01-31T12:00:00`, in UTC. */
function validTo(text: string | undefined): number | undefined {
  const time = Date.parse(`${text}Z`);
  return Number.isNaN(time) ? undefined : time;
}

function displayListen(graphics: XmlElement): DisplayListen {
  const listen = graphics.child('listen');
  const socket = listen?.attribute('socket') ?? graphics.attribute('socket');
  if (socket !== undefined) return { kind: 'unix', path: socket };
  const port = tcpPort(graphics.attribute('port'));
  const tlsPort = tcpPort(graphics.attribute('tlsPort'));
  if (listen?.attribute('type') === 'none' || (port ?? tlsPort) === undefined) return { kind: 'none' };
  const host = listen?.attribute('address') ?? graphics.attribute('listen') ?? defaultListenAddress;
  return {
    kind: 'tcp',
    host,
    ...(port !== undefined && { port }),
    ...(tlsPort !== undefined && { tlsPort }),
  };
}

/** Serial ports, then consoles that are no second name of one of them. */
function characterDevices(devices: XmlElement): CharacterDevice[] {
  const serials = devices.childrenNamed('serial').map(characterDevice);
  const consoles = devices.childrenNamed('console').map(characterDevice);
  return [...serials, ...consoles.filter(({ target }) => target !== 'serial')];
}

function characterDevice(device: XmlElement): CharacterDevice {
  const alias = device.child('alias')?.attribute('name');
  const logFile = device.child('log')?.attribute('file');
  return {
    target: device.child('target')?.attribute('type') ?? 'serial',
    source: characterSource(device),
    ...(alias !== undefined && { alias }),
    ...(logFile !== undefined && { logFile }),
  };
}

function characterSource(device: XmlElement): CharacterSource {
  const type = device.attribute('type') ?? '';
  const source = device.child('source');
  if (type === 'pty') return { kind: 'pty' };
  const mode = source?.attribute('mode') === 'connect' ? 'connect' : 'bind';
  const path = source?.attribute('path');
  if (type === 'file' && path !== undefined) return { kind: 'file', path };
  if (type === 'unix' && path !== undefined) return { kind: 'unix', mode, path };
  const port = tcpPort(source?.attribute('service'));
  if (type !== 'tcp' || port === undefined) return { kind: 'other', type };
  const protocol = device.child('protocol')?.attribute('type') ?? 'raw';
  return {
    kind: 'tcp',
    mode,
    host: source?.attribute('host') ?? defaultListenAddress,
    port,
    protocol: protocol === 'raw' || protocol === 'telnet' ? protocol : 'other',
    tls: source?.attribute('tls') === 'yes',
  };
}

/** -1 and 0 stand for a port that is not chosen yet. */
function tcpPort(text: string | undefined): number | undefined {
  const port = /^\d{1,5}$/.test(text ?? '') ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : undefined;
}
