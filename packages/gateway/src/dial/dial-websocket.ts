import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { ConsoleError, type ConsoleTransport } from '@remote-consoles/core';
import { createWebSocketStream, WebSocket } from 'ws';
import { StreamUpstream } from '../relay/stream-upstream.js';
import type { Upstream } from '../relay/upstream.js';
import { connectError } from './connect-error.js';
import { opened } from './opened.js';
import { assertPinned, tlsOptions } from './tls-settings.js';

/** Longest message that is taken from the hypervisor, bytes: it is held whole before it goes on. */
const LONGEST_MESSAGE = 16 * 1024 * 1024;

/**
 * Opens a console behind a WebSocket, as VMware's WebMKS: one binary stream, subprotocol `binary`. The URL holds a ticket
 * that is good once, so the certificate is checked before the request with the URL leaves.
 *
 * @param signal gives up, and closes what was begun
 * @throws ConsoleError `console-unreachable`, `console-refused`; no message has the URL
 */
export async function dialWebSocket(
  { url, tls }: Extract<ConsoleTransport, { kind: 'websocket' }>,
  signal: AbortSignal,
): Promise<Upstream> {
  const target = new URL(url);
  const socket = await connected(target, tls, signal);
  const webSocket = new WebSocket(target, ['binary'], {
    createConnection: () => socket,
    perMessageDeflate: false,
    maxPayload: LONGEST_MESSAGE,
  });
  try {
    await opened(webSocket, 'open', signal);
    return new StreamUpstream(createWebSocketStream(webSocket));
  } catch (error) {
    webSocket.on('error', ignore).terminate();
    socket.destroy();
    throw refusal(error);
  }
}

/** The connection below the WebSocket, with a peer that has proved who it is. */
async function connected(
  { protocol, hostname, port }: URL,
  tls: Extract<ConsoleTransport, { kind: 'websocket' }>['tls'],
  signal: AbortSignal,
): Promise<Socket> {
  const host = hostname.replace(/^\[|\]$/g, '');
  const secure = protocol === 'wss:';
  const settings = tls ?? { trust: { kind: 'system' } };
  const address = { host, port: Number(port || (secure ? 443 : 80)) };
  const socket = secure ? connectTls({ ...tlsOptions(settings, host), ...address }) : connect(address);
  socket.setNoDelay(true);
  try {
    await opened(socket, secure ? 'secureConnect' : 'connect', signal);
    if ('getPeerX509Certificate' in socket) assertPinned(socket, settings);
    return socket;
  } catch (error) {
    socket.on('error', ignore).destroy();
    throw connectError(error);
  }
}

/** `ws` tells a refused handshake by its words only. */
function refusal(error: unknown): ConsoleError {
  const status =
    error instanceof Error ? /^Unexpected server response: (\d{3})$/.exec(error.message)?.[1] : undefined;
  if (status === undefined) return connectError(error);
  return new ConsoleError('console-refused', `the console does not accept its ticket (HTTP ${status})`);
}

function ignore(): void {}
