import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';

const HOST = '127.0.0.1';
const MAX_CONNECTIONS = 64;

/** A server on a free port of 127.0.0.1 that starts when it is first needed and keeps no process alive. */
export class LoopbackListener {
  static readonly host = HOST;
  readonly #create: () => Server | Promise<Server>;
  readonly #sockets = new Set<Socket>();
  #listening: Promise<{ readonly server: Server; readonly port: number }> | undefined;

  /** @param create makes the server, not yet listening; each start asks for a new one */
  constructor(create: () => Server | Promise<Server>) {
    this.#create = create;
  }

  /** The port it listens on; starts it where it does not. Rejects where the system has no port to give. */
  async port(): Promise<number> {
    this.#listening ??= this.#start();
    try {
      const { server, port } = await this.#listening;
      if (!server.listening) throw new Error('the listener was closed');
      return port;
    } catch (error) {
      this.#listening = undefined;
      throw error;
    }
  }

  /** Stops listening and cuts every connection. It may be started again. */
  async close(): Promise<void> {
    const starting = this.#listening;
    this.#listening = undefined;
    const server = (await starting?.catch(() => undefined))?.server;
    for (const socket of this.#sockets) socket.destroy();
    if (!server?.listening) return;
    server.close();
    await once(server, 'close');
  }

  async #start(): Promise<{ server: Server; port: number }> {
    const server = await this.#create();
    server.maxConnections = MAX_CONNECTIONS;
    server.on('connection', (socket: Socket) => {
      socket.unref();
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    // Not shared with other workers of a cluster: what it serves is in this process.
    server.listen({ port: 0, host: HOST, exclusive: true }).unref();
    await once(server, 'listening');
    return { server, port: (server.address() as AddressInfo).port };
  }
}
