import type { Display } from '../domain/domain-description.js';
import { type DisplayTls, handedOver } from './display-console.js';
import { type ConsolePlace, dialAddress, isHere, type ReachableConsole } from './reachable-console.js';

/**
 * Where a VNC display is. On this machine libvirt hands it over: no port is dialled and no password is asked
 * for. Elsewhere TLS is used where the display offers it, which its XML does not tell.
 */
export function vncConsole(
  uuid: string,
  display: Display,
  place: ConsolePlace,
  tls: DisplayTls,
): ReachableConsole | undefined {
  if (place.passesDescriptors) return handedOver(uuid, display, place, { kind: 'rfb' });
  return dialled(display, place, tls);
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
