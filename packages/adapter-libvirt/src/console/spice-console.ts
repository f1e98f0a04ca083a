import type { ConsoleSecurity, ConsoleTransport } from '@remote-consoles/core';
import type { Display, DisplayListen } from '../domain/domain-description.js';
import { type DisplayTls, handedOver } from './display-console.js';
import { type ConsolePlace, dialAddress, isHere, type ReachableConsole } from './reachable-console.js';

/**
 * Where a SPICE display is. On this machine libvirt hands each of its channels over, and asks for no ticket;
 * not where the display wants TLS, which a handed-over socket does not have.
 *
 * @param direct for a client that dials the display itself
 */
export function spiceConsole(
  uuid: string,
  display: Display,
  place: ConsolePlace,
  tls: DisplayTls,
  direct: boolean,
): ReachableConsole | undefined {
  if (!direct && place.passesDescriptors && !display.secureOnly) {
    return handedOver(uuid, display, place, { kind: 'none' });
  }
  return dialled(display, place, tls, direct);
}

function dialled(
  { listen, password, secureOnly }: Display,
  place: ConsolePlace,
  tls: DisplayTls,
  direct: boolean,
): ReachableConsole | undefined {
  const security: ConsoleSecurity = password ? { kind: 'spice-ticket', ticket: password } : { kind: 'none' };
  if (listen.kind === 'unix' && isHere(place.machine) && !secureOnly && !tls.required && !direct) {
    return {
      transport: { kind: 'unix', path: listen.path },
      security,
      connectInfo: { host: place.host, port: 0, tlsPort: null, internalAccessPath: null },
    };
  }
  const host = listen.kind === 'tcp' ? dialAddress(listen.host, place) : undefined;
  if (listen.kind !== 'tcp' || host === undefined) return undefined;
  const transport = tcpTransport(host, listen, secureOnly, tls);
  if (transport === undefined) return undefined;
  const { port, tlsPort = null } = listen;
  return {
    transport,
    security,
    connectInfo: { host, port: port ?? tlsPort ?? 0, tlsPort, internalAccessPath: null },
  };
}

/** TLS wherever it is offered. */
function tcpTransport(
  host: string,
  { port, tlsPort }: Extract<DisplayListen, { kind: 'tcp' }>,
  secureOnly: boolean,
  tls: DisplayTls,
): ConsoleTransport | undefined {
  if (tlsPort !== undefined) return { kind: 'tls', host, port: tlsPort, tls: tls.settings };
  return port === undefined || secureOnly || tls.required ? undefined : { kind: 'tcp', host, port };
}
