import {
  type ConsoleConnection,
  ConsoleError,
  consoleNotImplemented,
  protocolOf,
  type Secret,
} from '@remote-consoles/core';
import { type DialDependencies, dial } from '../dial/dial.js';
import type { Greet } from '../handshake/greeting.js';
import type { Opening } from '../handshake/opening.js';
import type { DialledRdpServer, RdpSettings } from '../rdp/greet-rdp-viewer.js';
import type { Upstream } from '../relay/upstream.js';
import type { GatewayTimeouts } from '../settings.js';
import { LONGEST_TICKET } from '../spice/spice-link.js';
import { TicketedUpstream } from '../spice/ticketed-upstream.js';
import { greetVncViewer } from '../vnc/greet-vnc-viewer.js';
import { secureVncUpstream } from '../vnc/secure-upstream.js';

/** A console that is ready for its viewer. */
export interface OpenedConsole {
  readonly upstream: Upstream;
  /** How the gateway got in, or will when it greets the viewer. */
  readonly security: string;
  /** What the viewer goes through before its bytes are the console's. */
  readonly greet?: Greet;
}

export interface OpenDependencies extends DialDependencies {
  readonly rdp: RdpSettings;
}

/**
 * Dials a console and does what must come before its viewer is accepted.
 *
 * @throws ConsoleError; nothing is left open
 */
export async function openConsole(
  connection: ConsoleConnection,
  dependencies: OpenDependencies,
  timeouts: GatewayTimeouts,
  opening: Opening,
): Promise<OpenedConsole> {
  const enter = entranceTo(connection, dependencies, timeouts, opening);
  const { transport } = connection;
  const upstream = await opening.step(
    'connecting to the console',
    transport.kind === 'tls' ? timeouts.handshake : timeouts.connect,
    () => dial(transport, dependencies, opening.signal),
    (late) => late.destroy(),
  );
  return enter(upstream);
}

type Enter = (upstream: Upstream) => OpenedConsole | Promise<OpenedConsole>;

/** @throws ConsoleError where there is no way into such a console: it is not dialled */
function entranceTo(
  connection: ConsoleConnection,
  { rdp }: OpenDependencies,
  timeouts: GatewayTimeouts,
  opening: Opening,
): Enter {
  const { transport, security, type } = connection;
  const host = 'host' in transport ? transport.host : undefined;
  switch (protocolOf(type)) {
    case 'vnc':
      if (security.kind === 'none' || security.kind === 'rfb')
        return (upstream) => enterVnc(upstream, security, host, timeouts, opening);
      break;
    case 'rdp':
      if (security.kind === 'rdp')
        return (upstream) => rdpConsole({ upstream, security, host }, rdp, timeouts, opening);
      break;
    case 'spice':
      if (security.kind === 'spice-ticket') return spiceEntrance(security.ticket);
      if (security.kind === 'none') return (upstream) => ({ upstream, security: securityOf(transport) });
      break;
    default:
      if (security.kind === 'none') return (upstream) => ({ upstream, security: securityOf(transport) });
  }
  throw consoleNotImplemented();
}

async function enterVnc(
  dialled: Upstream,
  security: Parameters<typeof secureVncUpstream>[1],
  host: string | undefined,
  timeouts: GatewayTimeouts,
  opening: Opening,
): Promise<OpenedConsole> {
  const secured = await opening.step(
    'the handshake with the console',
    timeouts.handshake,
    () => secureVncUpstream(dialled, security, host, opening.signal),
    (late) => late.upstream.destroy(),
  );
  return {
    ...secured,
    greet: (viewer) => greetVncViewer(viewer, secured.upstream, opening, timeouts.handshake),
  };
}

/**
 * Its own handshake waits for the viewer, who can be told in RDCleanPath what becomes of it. The protocol's forty files
 * are loaded for the first such console.
 */
async function rdpConsole(
  dialled: DialledRdpServer,
  settings: RdpSettings,
  timeouts: GatewayTimeouts,
  opening: Opening,
): Promise<OpenedConsole> {
  const { greetRdpViewer } = await import('../rdp/greet-rdp-viewer.js');
  return {
    upstream: dialled.upstream,
    security: `rdp-${dialled.security.mode}`,
    greet: (viewer) => greetRdpViewer(viewer, dialled, settings, opening, timeouts.handshake),
  };
}

function spiceEntrance(ticket: Secret): Enter {
  const value = ticket.reveal();
  if (Buffer.byteLength(value) > LONGEST_TICKET) {
    throw new ConsoleError(
      'console-refused',
      `the ticket of this console is longer than ${LONGEST_TICKET} bytes`,
    );
  }
  return (upstream) => ({ upstream: new TicketedUpstream(upstream, value), security: 'spice-ticket' });
}

function securityOf({ kind }: ConsoleConnection['transport']): string {
  return kind === 'tls' ? 'tls' : 'none';
}
