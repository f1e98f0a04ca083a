import { connect, type OnReadOpts, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import {
  type ConsoleStreamPort,
  type ConsoleTransport,
  consoleNotImplemented,
  type HypervisorTransport,
} from '@remote-consoles/core';
import type { FairShare } from '../relay/fair-share.js';
import { OwnBufferUpstream } from '../relay/own-buffer-upstream.js';
import { StreamUpstream } from '../relay/stream-upstream.js';
import type { Upstream } from '../relay/upstream.js';
import { connectError } from './connect-error.js';
import { opened } from './opened.js';
import { assertPinned, tlsOptions } from './tls-settings.js';

export interface DialDependencies {
  readonly share: FairShare;
  /** Opens connections whose transport is `hypervisor`. */
  readonly streams?: ConsoleStreamPort | undefined;
}

/** ms of silence before the kernel asks whether the hypervisor is there. */
const KEEP_ALIVE = 60_000;
const TCP = { noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE } as const;

/**
 * Opens the connection to a console. TLS is verified, and a pin checked, before this resolves.
 *
 * @param signal gives up, and closes what was begun
 * @throws ConsoleError `console-unreachable`, `console-refused`, `console-not-implemented`, and what the adapter throws
 */
export async function dial(
  transport: ConsoleTransport,
  { share, streams }: DialDependencies,
  signal: AbortSignal,
): Promise<Upstream> {
  switch (transport.kind) {
    case 'tcp': {
      const { host, port } = transport;
      return openSocket((onread) => connect({ host, port, onread, ...TCP }), 'connect', share, signal);
    }
    case 'unix': {
      const { path } = transport;
      return openSocket((onread) => connect({ path, onread }), 'connect', share, signal);
    }
    case 'tls':
      return openTls(transport, share, signal);
    case 'hypervisor':
      return openStream(transport, streams);
    case 'websocket':
      // `ws` and what it needs are loaded for the consoles that have need of them.
      return (await import('./dial-websocket.js')).dialWebSocket(transport, signal);
  }
}

async function openSocket<Opened extends Socket>(
  open: (onread: OnReadOpts) => Opened,
  event: 'connect' | 'secureConnect',
  share: FairShare,
  signal: AbortSignal,
  accept: (socket: Opened) => void = () => {},
): Promise<Upstream> {
  const upstream = new OwnBufferUpstream(open, share);
  try {
    await opened(upstream.socket, event, signal);
    accept(upstream.socket);
    return upstream;
  } catch (error) {
    upstream.destroy();
    throw connectError(error);
  }
}

function openTls(
  { host, port, tls }: Extract<ConsoleTransport, { kind: 'tls' }>,
  share: FairShare,
  signal: AbortSignal,
): Promise<Upstream> {
  const options = { ...tlsOptions(tls, host), host, port };
  const open = (onread: OnReadOpts) => {
    const socket = connectTls({ ...options, onread } as typeof options);
    return socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE);
  };
  return openSocket(open, 'secureConnect', share, signal, (socket) => assertPinned(socket, tls));
}

async function openStream(
  transport: HypervisorTransport,
  streams: ConsoleStreamPort | undefined,
): Promise<Upstream> {
  if (streams === undefined) throw consoleNotImplemented();
  const stream = await streams.openStream(transport);
  if (!(stream instanceof Duplex)) {
    throw new TypeError(`hypervisor ${transport.hypervisor} gave something else than a stream`);
  }
  return new StreamUpstream(stream);
}
