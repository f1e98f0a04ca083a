import {
  type ConsoleConnection,
  type ConsoleStreamPort,
  type DiagnosisChain,
  type DiagnosisLeg,
  protocolOf,
} from '@remote-consoles/core';
import { dial } from '../dial/dial.js';
import { FairShare } from '../relay/fair-share.js';
import { DEFAULT_TIMEOUTS } from '../settings.js';
import type { ConsoleWay } from './console-way.js';
import { type DiagnosisTimeouts, nameLegs, reachLegs } from './endpoint-legs.js';
import { inTime } from './in-time.js';
import { OpenConnection } from './open-connection.js';
import { rdpLegs } from './rdp-legs.js';
import { bannerLeg, rfbLegs } from './rfb-legs.js';
import { spiceLegs } from './spice-legs.js';
import { streamLeg } from './stream-leg.js';
import { tlsTransportLeg } from './tls-transport-leg.js';
import { webSocketLegs } from './websocket-legs.js';

export interface ConnectionDiagnosisOptions {
  /** Opens connections whose transport is `hypervisor`. */
  readonly streams?: ConsoleStreamPort | undefined;
  readonly timeouts?: Partial<DiagnosisTimeouts>;
}

/**
 * The way from the gateway to a console, by the gateway's own dialers and handshakes, up to where a viewer would take
 * over. Who looks at the console is not disturbed; a serial console that only one can have is taken for a moment.
 */
export function diagnoseConnection(
  connection: ConsoleConnection,
  { streams, timeouts }: ConnectionDiagnosisOptions = {},
): DiagnosisChain {
  const open = new OpenConnection();
  const dependencies = { share: new FairShare(), streams };
  const way: ConsoleWay = {
    connection,
    timeouts: { ...DEFAULT_TIMEOUTS, ...timeouts },
    open,
    dial: (transport, signal) => dial(transport, dependencies, signal),
  };
  const legs = [...transportLegs(way), ...protocolLegs(way)];
  return { place: 'console', legs, end: async () => open.end() };
}

function transportLegs(way: ConsoleWay): DiagnosisLeg[] {
  const { connection, timeouts } = way;
  const { transport } = connection;
  switch (transport.kind) {
    case 'tcp':
      return [
        ...nameLegs(transport.host, timeouts),
        dialLeg(way, `TCP ${transport.port}`, `${transport.host} accepts`),
      ];
    case 'tls':
      return [...reachLegs(transport.host, transport.port, timeouts), tlsTransportLeg(way, transport)];
    case 'unix':
      return [dialLeg(way, 'socket', `${transport.path} accepts`)];
    case 'websocket':
      return webSocketLegs(way, transport);
    case 'hypervisor':
      return [dialLeg(way, 'open the stream', 'the hypervisor hands it over')];
  }
}

function dialLeg(
  { connection, timeouts, open, dial }: ConsoleWay,
  name: string,
  detail: string,
): DiagnosisLeg {
  return {
    name,
    run: async () => {
      open.keep(await inTime(timeouts.connect, (signal) => dial(connection.transport, signal)));
      return { outcome: 'ok', detail };
    },
  };
}

function protocolLegs(way: ConsoleWay): readonly DiagnosisLeg[] {
  const { connection, timeouts, open, dial } = way;
  const { type, transport, security } = connection;
  const upstream = () => open.upstream;
  const timeout = timeouts.handshake;
  switch (protocolOf(type)) {
    case 'vnc':
      if (security.kind !== 'rfb' && security.kind !== 'none') return [];
      return rfbLegs({
        upstream,
        dial: (signal) => dial(transport, signal),
        security,
        host: 'host' in transport ? transport.host : undefined,
        timeout,
      });
    case 'mks':
      return [bannerLeg(upstream, timeout)];
    case 'spice':
      return spiceLegs(upstream, security.kind === 'spice-ticket' ? security.ticket : undefined, timeout);
    case 'serial':
      return [streamLeg(upstream)];
    case 'rdp':
      if (security.kind !== 'rdp') return [];
      return rdpLegs({
        upstream,
        dial: (signal) => dial(transport, signal),
        security,
        host: 'host' in transport ? transport.host : undefined,
        timeout,
      });
  }
}
