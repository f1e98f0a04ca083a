import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { type ViewerFile, type ViewerOptions, viewerFiles } from '../dist/index.js';

/** How the gateway treats a socket. */
export type Answer =
  | { readonly kind: 'accept'; readonly serve: (socket: WebSocket, request: IncomingMessage) => void }
  | { readonly kind: 'refuse'; readonly status: number; readonly body: string };

/** What a browser sees of a gateway: the viewer's files, the socket, and the reason for a refusal. */
export class TestGateway {
  answer: Answer = { kind: 'refuse', status: 404, body: '' };
  /** The address of each request for a socket. */
  readonly socketRequests: string[] = [];
  /** The address and Referer of every plain request. */
  readonly requests: { readonly url: string; readonly referer: string | undefined }[] = [];
  readonly origin: string;
  readonly #prefix: string;
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #files: ReadonlyMap<string, ViewerFile>;

  private constructor(prefix: string, viewer: ViewerOptions) {
    this.#files = viewerFiles(viewer);
    this.#prefix = prefix;
    this.origin = '';
  }

  /** @param prefix where a reverse proxy would put it, such as `/consoles` */
  static async start(prefix = '', viewer: ViewerOptions = {}): Promise<TestGateway> {
    const gateway = new TestGateway(prefix, viewer);
    gateway.#server.on('upgrade', (request, socket, head) => {
      gateway.socketRequests.push(request.url ?? '');
      const { answer } = gateway;
      if (answer.kind === 'refuse') {
        socket.end(`HTTP/1.1 ${answer.status} Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
        return;
      }
      gateway.#sockets.handleUpgrade(request, socket, head, (accepted) => answer.serve(accepted, request));
    });
    await new Promise<void>((resolve) => gateway.#server.listen(0, '127.0.0.1', resolve));
    const { port } = gateway.#server.address() as AddressInfo;
    Object.assign(gateway, { origin: `http://127.0.0.1:${port}` });
    return gateway;
  }

  page(path: string): string {
    return `${this.origin}${this.#prefix}${path}`;
  }

  get openSockets(): number {
    return this.#sockets.clients.size;
  }

  /** Closes every open socket, as a gateway that has something to say does. */
  closeSockets(code: number, reason: string): void {
    for (const socket of this.#sockets.clients) socket.close(code, reason);
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.origin);
    this.requests.push({ url: request.url ?? '', referer: request.headers.referer });
    const path = url.pathname.startsWith(`${this.#prefix}/`)
      ? url.pathname.slice(this.#prefix.length)
      : url.pathname;
    const found = this.#files.get(path);
    if (found !== undefined) {
      const [smallest] = found.compressed;
      const encoded = smallest === undefined ? {} : { 'Content-Encoding': smallest.encoding };
      response.writeHead(200, { ...found.headers, ...encoded });
      response.end(await readFile(smallest?.file ?? found.file));
      return;
    }
    const { answer } = this;
    if (path === '/' && answer.kind === 'refuse') {
      response.writeHead(answer.status, { 'Content-Type': 'application/json' }).end(answer.body);
      return;
    }
    response.writeHead(path === '/' ? 426 : 404).end();
  }
}

export const refusal = (status: number, code: string, message: string): Answer => ({
  kind: 'refuse',
  status,
  body: JSON.stringify({ error: { code, message } }),
});
