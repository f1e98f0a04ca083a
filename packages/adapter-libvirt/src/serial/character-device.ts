import { formatConsoleAddress } from '../console/console-address.js';
import {
  type ConsolePlace,
  dialAddress,
  isHere,
  type ReachableConsole,
} from '../console/reachable-console.js';
import type { CharacterDevice, DomainDescription } from '../domain/domain-description.js';

/** A character device that somebody can be connected to. */
export type ReachableCharacter =
  /** By libvirt itself, over whatever its URI is. */
  | { readonly kind: 'libvirt' }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

/** How a device is reached from here; undefined where it is not: QEMU dials, telnet, TLS, a file, another machine. */
export function reachCharacter(
  { source }: CharacterDevice,
  place: ConsolePlace,
): ReachableCharacter | undefined {
  if (source.kind === 'pty') return { kind: 'libvirt' };
  if (source.kind === 'unix' && source.mode === 'bind' && isHere(place.machine)) {
    return { kind: 'unix', path: source.path };
  }
  if (source.kind !== 'tcp' || source.mode !== 'bind' || source.protocol !== 'raw' || source.tls)
    return undefined;
  const host = dialAddress(source.host, place);
  return host === undefined ? undefined : { kind: 'tcp', host, port: source.port };
}

/**
 * The domain's serial console: the device that its metadata names, by its alias or by its place among all of them
 * (from 0), else the first that can be reached.
 */
export function serialDevice(
  { characterDevices, metadata }: DomainDescription,
  place: ConsolePlace,
): CharacterDevice | undefined {
  const { serialDevice: named } = metadata;
  const candidates =
    named === undefined
      ? characterDevices
      : characterDevices.filter(({ alias }, index) => alias === named || String(index) === named);
  return candidates.find(
    (device) => device.alias !== undefined && reachCharacter(device, place) !== undefined,
  );
}

/** Where the serial console is. It is always opened by this adapter, which keeps a second user away from it. */
export function serialConsole(domain: DomainDescription, place: ConsolePlace): ReachableConsole | undefined {
  const device = serialDevice(domain, place);
  if (device?.alias === undefined) return undefined;
  const { hypervisor, host } = place;
  const { uuid } = domain;
  const port = device.source.kind === 'tcp' ? device.source.port : 0;
  return {
    transport: {
      kind: 'hypervisor',
      hypervisor,
      address: formatConsoleAddress({ kind: 'character', host, uuid, alias: device.alias }),
    },
    security: { kind: 'none' },
    connectInfo: { host, port, tlsPort: null, internalAccessPath: null },
  };
}
