import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { DiagnosisEndpoint, DiagnosisLeg, TlsSettings } from '@remote-consoles/core';
import { connectSocket } from '../dial/connect-socket.js';
import type { GatewayTimeouts } from '../settings.js';
import { certificateResult } from './certificate-leg.js';
import { inTime } from './in-time.js';

/** ms */
export type DiagnosisTimeouts = Pick<GatewayTimeouts, 'connect' | 'handshake'>;

/** Name, connection and, where it has TLS, certificate of a port. Each attempt has a connection of its own. */
export function endpointLegs(endpoint: DiagnosisEndpoint, timeouts: DiagnosisTimeouts): DiagnosisLeg[] {
  const { host, port, tls } = endpoint;
  return [...reachLegs(host, port, timeouts), ...(tls ? [tlsLeg({ host, port, tls }, timeouts)] : [])];
}

/** Name and connection of a port. A port without a name has only the latter. */
export function reachLegs(host: string, port: number, timeouts: DiagnosisTimeouts): DiagnosisLeg[] {
  return [
    ...nameLegs(host, timeouts),
    {
      name: `TCP ${port}`,
      run: async () => {
        const socket = await inTime(timeouts.connect, (signal) => connectSocket({ host, port }, signal));
        const { remoteAddress } = socket;
        socket.destroy();
        return { outcome: 'ok', detail: `${remoteAddress ?? host} accepts` };
      },
    },
  ];
}

/** How a host's name resolves; none for an address. */
export function nameLegs(host: string, timeouts: DiagnosisTimeouts): DiagnosisLeg[] {
  if (isIP(host) !== 0) return [];
  const run: DiagnosisLeg['run'] = async () => {
    const found = await inTime(timeouts.connect, () => lookup(host, { all: true }));
    return { outcome: 'ok', detail: `${host} is ${found.map(({ address }) => address).join(', ')}` };
  };
  return [{ name: 'DNS', run }];
}

function tlsLeg({ host, port, tls }: Required<DiagnosisEndpoint>, timeouts: DiagnosisTimeouts): DiagnosisLeg {
  const tryTls = async (settings: TlsSettings) => {
    const endpoint = { host, port, tls: settings };
    const socket = await inTime(timeouts.handshake, (signal) => connectSocket(endpoint, signal));
    socket.destroy();
  };
  return { name: 'TLS', run: () => certificateResult(tls, tryTls) };
}
