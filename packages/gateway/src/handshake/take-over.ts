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
  socket.pause();
  // Node's parser lets go of a socket when someone else listens to its data.
  for (const event of ['data', 'end', 'error', 'timeout', 'drain']) socket.removeAllListeners(event);
  return socket.on('error', ignore);
}

/** 'close' follows every 'error' and says enough. */
function ignore(): void {}
