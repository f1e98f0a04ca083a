import {
  type ConsoleConnection,
  ConsoleError,
  type ConsoleType,
  consoleNotImplemented,
  protocolOf,
} from '@remote-consoles/core';
import { type DialDependencies, dial } from '../dial/dial.js';
import type { Opening } from '../handshake/opening.js';
import type { Upstream } from '../relay/upstream.js';
import type { GatewayTimeouts } from '../settings.js';
import { LONGEST_TICKET } from '../spice/spice-link.js';
import { TicketedUpstream } from '../spice/ticketed-upstream.js';
import { secureVncUpstream } from '../vnc/secure-upstream.js';

/** A console that is ready for its viewer. */
export interface OpenedConsole {
  readonly upstream: Upstream;
  /** How the gateway got in. */
  readonly security: string;
}

/** Whether the viewer of this type is greeted with an RFB handshake of ours before its bytes are the console's. */
export function isGreeted(type: ConsoleType): boolean {
  return protocolOf(type) === 'vnc';
}

/**
 * Dials a console and does what must come before its viewer may speak.
 *
 * @throws ConsoleError; nothing is left open
 */
export async function openConsole(
  connection: ConsoleConnection,
  dependencies: DialDependencies,
  timeouts: GatewayTimeouts,
  opening: Opening,
): Promise<OpenedConsole> {
  const { transport, security, type } = connection;
  const protocol = protocolOf(type);
  const vnc =
    protocol === 'vnc' && (security.kind === 'none' || security.kind === 'rfb') ? security : undefined;
  const ticket = protocol === 'spice' && security.kind === 'spice-ticket' ? security.ticket : undefined;
  const raw = protocol !== 'vnc' && protocol !== 'rdp' && security.kind === 'none';
  if (vnc === undefined && ticket === undefined && !raw) throw consoleNotImplemented();
  if (ticket && Buffer.byteLength(ticket.reveal()) > LONGEST_TICKET) {
    throw new ConsoleError(
      'console-refused',
      `the ticket of this console is longer than ${LONGEST_TICKET} bytes`,
    );
  }

  const upstream = await opening.step(
    'connecting to the console',
    transport.kind === 'tls' ? timeouts.handshake : timeouts.connect,
    () => dial(transport, dependencies, opening.signal),
    (late) => late.destroy(),
  );
  if (ticket) return { upstream: new TicketedUpstream(upstream, ticket.reveal()), security: 'spice-ticket' };
  if (vnc === undefined) return { upstream, security: transport.kind === 'tls' ? 'tls' : 'none' };
  const host = 'host' in transport ? transport.host : undefined;
  return opening.step(
    'the handshake with the console',
    timeouts.handshake,
    () => secureVncUpstream(upstream, vnc, host, opening.signal),
    (late) => late.upstream.destroy(),
  );
}
