import type { X509Certificate } from 'node:crypto';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { StreamUpstream } from '../relay/stream-upstream.js';
import type { Upstream } from '../relay/upstream.js';
import { closedEarly, opened } from './opened.js';

export interface StartedTls {
  /** What is said from now on. */
  readonly upstream: Upstream;
  /** The peer's; to be compared with a pin before the first byte. */
  readonly certificate: X509Certificate | undefined;
}

/**
 * Starts TLS on an open connection whose protocol has agreed on it.
 *
 * @param options of `tlsOptions`
 * @param signal gives up
 * @throws what TLS failed with, or ConsoleError `console-unreachable`; the connection is closed
 */
export async function startTls(
  upstream: Upstream,
  options: ConnectionOptions,
  signal: AbortSignal,
): Promise<StartedTls> {
  const plain = upstream.release();
  // TLS would wait for an answer for ever.
  if (plain.destroyed || plain.readableEnded) {
    plain.destroy();
    throw closedEarly();
  }
  const socket = connectTls({ ...options, socket: plain });
  const secured = new StreamUpstream(socket);
  try {
    await opened(socket, 'secureConnect', signal);
  } catch (error) {
    secured.destroy();
    throw error;
  }
  // Once only: on Node 20 a second call finds no certificate.
  return { upstream: secured, certificate: socket.getPeerX509Certificate() };
}
