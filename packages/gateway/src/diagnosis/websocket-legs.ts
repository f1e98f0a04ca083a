import type { Socket } from 'node:net';
import {
  ConsoleError,
  type ConsoleTransport,
  type DiagnosisLeg,
  explainFailure,
} from '@remote-consoles/core';
import { connectSocket } from '../dial/connect-socket.js';
import { upgradeWebSocket, webSocketEndpoint } from '../dial/dial-websocket.js';
import { certificateResult } from './certificate-leg.js';
import type { ConsoleWay } from './console-way.js';
import { reachLegs } from './endpoint-legs.js';
import { inTime } from './in-time.js';

/** A console behind a WebSocket. Its URL may be a ticket that is good once: it is sent in the last leg, and not shown. */
export function webSocketLegs(
  { timeouts, open }: ConsoleWay,
  transport: Extract<ConsoleTransport, { kind: 'websocket' }>,
): DiagnosisLeg[] {
  const endpoint = webSocketEndpoint(transport);
  const { host, port, tls } = endpoint;
  let socket: Socket | undefined;
  const tlsLegs: DiagnosisLeg[] = tls
    ? [
        {
          name: 'TLS',
          run: () =>
            certificateResult(tls, async (settings) => {
              socket = await inTime(timeouts.handshake, (signal) =>
                connectSocket({ host, port, tls: settings }, signal),
              );
            }),
        },
      ]
    : [];
  const upgrade: DiagnosisLeg['run'] = async () => {
    socket ??= await inTime(timeouts.connect, (signal) => connectSocket(endpoint, signal));
    const ready = socket;
    try {
      open.keep(await inTime(timeouts.handshake, (signal) => upgradeWebSocket(transport, ready, signal)));
    } catch (error) {
      const failure = explainFailure(error);
      if (failure.outcome !== 'failed' || !(error instanceof ConsoleError)) throw error;
      if (error.code !== 'console-refused') return failure;
      const advice =
        'The host knows no such ticket: it may have expired, or a proxy in between used it up; compare the clocks and try again.';
      return { ...failure, advice };
    }
    return { outcome: 'ok', detail: 'the host accepts the ticket' };
  };
  return [...reachLegs(host, port, timeouts), ...tlsLegs, { name: 'WebSocket upgrade', run: upgrade }];
}
