import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Takes the connection of a plain GET away from the HTTP server. Bytes of the client that came with the request were
 * read as HTTP and are lost; a client of xvpvnc sends nothing before the server has spoken.
 *
 * The response is left unanswered and keeps the connection from counting as idle, which `server.close()` would cut.
 */
export function takeOverConnection({ socket }: IncomingMessage): Socket {
  socket.setTimeout(0);
  for (const event of ['data', 'end', 'error', 'timeout', 'drain']) socket.removeAllListeners(event);
  // Node's parser lets go of a socket, which it reads below JavaScript, when someone listens to its data. Pausing
  // the socket before that would stop it for good. 'close' follows every 'error' and says enough.
  return socket.on('data', ignore).on('error', ignore);
}

function ignore(): void {}
