import { createServer, type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Server } from 'node:net';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { VncConnection, type VncService } from '../vnc/vnc-connection.js';
import type { TicketStore } from './ticket-store.js';

const PATH = /^\/ticket\/([0-9a-f-]{36})$/;
const MAX_MESSAGE = 1024 * 1024;

/** The screen behind `/ticket/<ticket>` in the manner of WebMKS: RFB in a WebSocket, subprotocol `binary`. */
export function createMksServer(service: VncService, tickets: TicketStore): Server {
  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE,
    handleProtocols: () => 'binary',
  });
  const server = createServer((_, response) => response.writeHead(404).end());
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const status = refusal(request, tickets);
    if (status !== undefined) refuse(socket, status);
    else {
      webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        new VncConnection(createWebSocketStream(webSocket), service);
      });
    }
  });
  return server;
}

/** The subprotocol is looked at first: a mistake should not cost the ticket. */
function refusal(request: IncomingMessage, tickets: TicketStore): number | undefined {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  if (!offered.includes('binary')) return 400;
  const ticket = PATH.exec(request.url ?? '')?.[1];
  return ticket !== undefined && tickets.redeem(ticket) ? undefined : 404;
}

function refuse(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
