import type { Socket } from 'node:net';
import { ConsoleError, type ConsoleTransport } from '@remote-consoles/core';
import { createWebSocketStream, WebSocket } from 'ws';
import { StreamUpstream } from '../relay/stream-upstream.js';
import type { Upstream } from '../relay/upstream.js';
import { connectError } from './connect-error.js';
import { connectSocket, type SocketEndpoint } from './connect-socket.js';
import { opened } from './opened.js';

type WebSocketTransport = Extract<ConsoleTransport, { kind: 'websocket' }>;

/** Longest message that is taken from the hypervisor, bytes: it is held whole before it goes on. */
const LONGEST_MESSAGE = 16 * 1024 * 1024;

/**
 * Opens a console behind a WebSocket, as VMware's WebMKS: one binary stream, subprotocol `binary`. The URL holds a ticket
 * that is good once, so the certificate is checked before the request with the URL leaves.
 *
 * @param signal gives up, and closes what was begun
 * @throws ConsoleError `console-unreachable`, `console-refused`; no message has the URL
 */
export async function dialWebSocket(transport: WebSocketTransport, signal: AbortSignal): Promise<Upstream> {
  const socket = await connectSocket(webSocketEndpoint(transport), signal);
  return upgradeWebSocket(transport, socket, signal);
}

/** What is connected to below the WebSocket. */
export function webSocketEndpoint({ url, tls }: WebSocketTransport): SocketEndpoint {
  const { protocol, hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  if (protocol !== 'wss:') return { host, port: Number(port || 80) };
  return { host, port: Number(port || 443), tls: tls ?? { trust: { kind: 'system' } } };
}

/** Sends the request with the URL. @throws ConsoleError as {@link dialWebSocket}; the socket is closed then */
export async function upgradeWebSocket(
  { url }: WebSocketTransport,
  socket: Socket,
  signal: AbortSignal,
): Promise<Upstream> {
  const webSocket = new WebSocket(new URL(url), ['binary'], {
    createConnection: () => socket,
    perMessageDeflate: false,
    maxPayload: LONGEST_MESSAGE,
  });
  // Made before the handshake is over: what comes together with its answer would be lost.
  const upstream = new StreamUpstream(createWebSocketStream(webSocket));
  try {
    await opened(webSocket, 'open', signal);
    return upstream;
  } catch (error) {
    webSocket.on('error', ignore).terminate();
    socket.destroy();
    throw refusal(error);
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
