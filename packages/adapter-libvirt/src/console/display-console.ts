import type { ConsoleSecurity, TlsSettings } from '@remote-consoles/core';
import type { Display, DomainDescription } from '../domain/domain-description.js';
import { formatConsoleAddress } from './console-address.js';
import type { ConsolePlace, ReachableConsole } from './reachable-console.js';

/** TLS towards displays, as configured. */
export interface DisplayTls {
  readonly settings: TlsSettings;
  /** Whether a dialled display that offers nothing encrypted is refused. */
  readonly required: boolean;
}

/** The first display of a type: the one that a console of that protocol is. */
export function displayOf({ displays }: DomainDescription, type: 'vnc' | 'spice'): Display | undefined {
  return displays.find((display) => display.type === type);
}

/** A display that libvirt hands over as a file descriptor. */
export function handedOver(
  uuid: string,
  { index, listen }: Display,
  { hypervisor, host }: ConsolePlace,
  security: ConsoleSecurity,
): ReachableConsole {
  const { port = 0, tlsPort = null } = listen.kind === 'tcp' ? listen : {};
  return {
    transport: {
      kind: 'hypervisor',
      hypervisor,
      address: formatConsoleAddress({ kind: 'display', host, uuid, index }),
    },
    security,
    connectInfo: { host, port, tlsPort, internalAccessPath: null },
  };
}
