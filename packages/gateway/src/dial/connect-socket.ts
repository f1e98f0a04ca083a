import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { TlsSettings } from '@remote-consoles/core';
import { connectError } from './connect-error.js';
import { opened } from './opened.js';
import { assertPinned, tlsOptions } from './tls-settings.js';

/** A TCP port, with TLS on it where settings are given. */
export interface SocketEndpoint {
  /** A name or an address without brackets. */
  readonly host: string;
  readonly port: number;
  readonly tls?: TlsSettings;
}

/**
 * Opens a connection. Where it has TLS, the peer has proved who it is before this resolves.
 *
 * @param signal gives up, and closes what was begun
 * @throws ConsoleError `console-unreachable`, `console-refused`
 */
export async function connectSocket(
  { host, port, tls }: SocketEndpoint,
  signal: AbortSignal,
): Promise<Socket> {
  const socket = tls ? connectTls({ ...tlsOptions(tls, host), host, port }) : connect({ host, port });
  socket.setNoDelay(true);
  try {
    await opened(socket, tls ? 'secureConnect' : 'connect', signal);
    if (tls && 'getPeerX509Certificate' in socket) assertPinned(socket, tls);
    return socket;
  } catch (error) {
    socket.on('error', ignore).destroy();
    throw connectError(error);
  }
}

function ignore(): void {}
