import type { TlsSettings } from '@remote-consoles/core';
import type { Display, DomainDescription } from '../domain/domain-description.js';
import { formatConsoleAddress } from './console-address.js';
import { type ConsolePlace, dialAddress, isHere, type ReachableConsole } from './reachable-console.js';

/** TLS towards displays, as configured. */
export interface DisplayTls {
  readonly settings: TlsSettings;
  /** Whether a display that offers nothing encrypted is refused. */
  readonly required: boolean;
}

/**
 * Where the first VNC display is. On this machine libvirt hands it over: no port is dialled and no password
 * is asked for. Elsewhere TLS is used where the display offers it, which its XML does not tell.
 */
export function vncConsole(
  domain: DomainDescription,
  place: ConsolePlace,
  tls: DisplayTls,
): ReachableConsole | undefined {
  const display = domain.displays.find(({ type }) => type === 'vnc');
  if (display === undefined) return undefined;
  if (place.passesDescriptors) return handedOver(domain, display, place);
  return dialled(display, place, tls);
}

function handedOver(
  { uuid }: DomainDescription,
  { index, listen }: Display,
  { hypervisor, host }: ConsolePlace,
): ReachableConsole {
  const address = formatConsoleAddress({ kind: 'display', host, uuid, index });
  const { port = 0 } = listen.kind === 'tcp' ? listen : {};
  return {
    transport: { kind: 'hypervisor', hypervisor, address },
    security: { kind: 'rfb' },
    connectInfo: { host, port, tlsPort: null, internalAccessPath: null },
  };
}

function dialled(
  { listen, password }: Display,
  place: ConsolePlace,
  tls: DisplayTls,
): ReachableConsole | undefined {
  const security = {
    kind: 'rfb',
    tls: tls.settings,
    tlsRequired: tls.required,
    ...(password !== undefined && { password }),
  } as const;
  if (listen.kind === 'unix' && isHere(place.machine)) {
    return {
      transport: { kind: 'unix', path: listen.path },
      security,
      connectInfo: { host: place.host, port: 0, tlsPort: null, internalAccessPath: null },
    };
  }
  const host = listen.kind === 'tcp' ? dialAddress(listen.host, place) : undefined;
  if (listen.kind !== 'tcp' || listen.port === undefined || host === undefined) return undefined;
  return {
    transport: { kind: 'tcp', host, port: listen.port },
    security,
    connectInfo: { host, port: listen.port, tlsPort: null, internalAccessPath: null },
  };
}
