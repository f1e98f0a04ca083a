import { connect, type OnReadOpts, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { CLOSE_FRAME } from './client-frames.js';
import type { Endpoint } from './endpoint.js';
import { ServerFrames } from './server-frames.js';

/** What is read is dealt with before the next read of anyone. */
const READ_BUFFER = Buffer.alloc(65_536);

/** TLS sessions to resume, by URL, as a browser does for all its sockets to one host. */
const tlsSessions = new Map<string, Buffer>();

interface Settle {
  readonly resolve: (viewer: Viewer) => void;
  readonly reject: (error: Error) => void;
}

/** A viewer at the end of a console: opens a session and counts the console's bytes. */
export class Viewer {
  /** Bytes of the console. */
  bytes = 0;
  onBytes: ((bytes: Buffer) => void) | undefined;
  readonly form: Endpoint['form'];
  readonly #url: URL;
  readonly #socket: Socket;
  readonly #frames = new ServerFrames();
  #head: string | undefined;
  #settle: Settle | undefined;

  private constructor({ url, form }: Endpoint, settle: Settle) {
    this.form = form;
    this.#settle = settle;
    this.#url = new URL(url);
    this.#head = form === 'websocket' ? '' : undefined;
    this.#socket = this.#connect();
    this.#socket
      .setNoDelay(true)
      .on('error', settle.reject)
      .on('close', () => {
        settle.reject(new Error(`closed before the console's first byte: ${url}`));
      });
    if (form === 'websocket') this.#socket.write(this.#request());
  }

  /** Opens a session and waits for its first byte, which is not counted. */
  static open(endpoint: Endpoint): Promise<Viewer> {
    return new Promise((resolve, reject) => new Viewer(endpoint, { resolve, reject }));
  }

  /** Opens many, some at a time. */
  static async openAll(endpoint: Endpoint, count: number, together: number): Promise<Viewer[]> {
    const viewers: Viewer[] = [];
    let underWay = 0;
    const next = async () => {
      while (viewers.length + underWay < count) {
        underWay++;
        const viewer = await Viewer.open(endpoint);
        underWay--;
        viewers.push(viewer);
      }
    };
    await Promise.all(Array.from({ length: Math.min(together, count) }, next));
    return viewers;
  }

  /** Sends bytes that are framed already; resolves when more may follow. */
  send(bytes: Buffer): Promise<void> | undefined {
    if (this.#socket.write(bytes)) return undefined;
    return new Promise((resolve) => this.#socket.once('drain', resolve));
  }

  pause(): void {
    this.#socket.pause();
  }

  /** Says goodbye as a browser does. */
  close(): void {
    this.#socket.end(this.form === 'websocket' ? CLOSE_FRAME : '');
    setTimeout(() => this.#socket.destroy(), 1000).unref();
  }

  /** Leaves without a word, so that a stream stops at once. */
  destroy(): void {
    if (this.#url.protocol === 'ws:') this.#socket.resetAndDestroy();
    else this.#socket.destroy();
  }

  #connect(): Socket {
    const { hostname: host, protocol } = this.#url;
    const port = Number(this.#url.port);
    const onread: OnReadOpts = {
      buffer: READ_BUFFER,
      callback: (length) => {
        this.#read(length);
        return true;
      },
    };
    if (protocol === 'ws:') return connect({ host, port, onread });
    const session = tlsSessions.get(this.#url.host);
    const options = { host, port, onread, rejectUnauthorized: false, ...(session && { session }) };
    return connectTls(options as ConnectionOptions).on('session', (ticket: Buffer) => {
      tlsSessions.set(this.#url.host, ticket);
    });
  }

  #request(): string {
    const { pathname, search, host } = this.#url;
    return (
      `GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: binary\r\n\r\n'
    );
  }

  #read(length: number): void {
    const start = this.#head === undefined ? 0 : this.#readHead(length);
    if (start >= length) return;
    if (this.form === 'raw') this.#payload(start, length);
    else this.#frames.feed(READ_BUFFER, start, length, (from, to) => this.#payload(from, to));
  }

  /** @returns where what follows the answer's head starts */
  #readHead(length: number): number {
    const before = this.#head?.length ?? 0;
    const head = this.#head + READ_BUFFER.toString('latin1', 0, length);
    const end = head.indexOf('\r\n\r\n');
    this.#head = end < 0 ? head : undefined;
    if (end < 0) return length;
    if (!head.startsWith('HTTP/1.1 101')) {
      this.#settle?.reject(new Error(`the proxy answered ${head.slice(0, head.indexOf('\r'))}`));
      this.#settle = undefined;
      this.#socket.destroy();
      return length;
    }
    return end + 4 - before;
  }

  #payload(from: number, to: number): void {
    let start = from;
    if (this.#settle) {
      start++;
      this.#settle.resolve(this);
      this.#settle = undefined;
    }
    this.bytes += to - start;
    if (this.onBytes && to > start) this.onBytes(READ_BUFFER.subarray(start, to));
  }
}
