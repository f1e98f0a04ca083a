import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ClientOptions, WebSocket } from 'ws';

/** An open WebSocket whose messages are gathered from the first byte on. */
export interface Viewer {
  readonly socket: WebSocket;
  readonly reader: ByteReader;
  /** The close code and reason that it gets. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

/** Opens a WebSocket; rejects with the HTTP status if it was refused. */
export async function openViewer(url: string, options: ClientOptions = {}): Promise<Viewer> {
  const socket = new WebSocket(url, ['binary'], { perMessageDeflate: false, ...options });
  const reader = new ByteReader();
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (!isBinary) throw new Error('the gateway sent text');
    reader.push(data);
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('unexpected-response', (_, response) => reject(new RefusedError(response.statusCode ?? 0)));
    socket.once('error', reject);
  });
  socket.on('error', () => {});
  return { socket, reader, closed };
}

export class RefusedError extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`refused with ${status}`);
    this.status = status;
  }
}

/** The status of a handshake: 101 or that of the refusal. */
export async function statusOf(url: string, options: ClientOptions = {}): Promise<number> {
  try {
    const { socket } = await openViewer(url, options);
    socket.terminate();
    return 101;
  } catch (error) {
    if (error instanceof RefusedError) return error.status;
    throw error;
  }
}

/** Reads a byte stream by counts. */
export class ByteReader {
  #chunks: Buffer[] = [];
  #length = 0;
  #waiting: (() => void) | undefined;

  get length(): number {
    return this.#length;
  }

  push(bytes: Buffer): void {
    this.#chunks.push(bytes);
    this.#length += bytes.length;
    this.#waiting?.();
  }

  async read(count: number): Promise<Buffer> {
    while (this.#length < count) {
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    }
    const all = Buffer.concat(this.#chunks);
    this.#chunks = [all.subarray(count)];
    this.#length -= count;
    return all.subarray(0, count);
  }

  /** Forgets what has arrived; how much it was. */
  discard(): number {
    const length = this.#length;
    this.#chunks = [];
    this.#length = 0;
    return length;
  }
}

/** The end of a socket, by an error or without. */
export function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => void socket.once('close', () => resolve()));
}

/** A raw TCP client that sends a text and gathers all that comes until the end. */
export async function rawExchange(port: number, request: string | Uint8Array): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk.toString('latin1');
  });
  socket.write(request);
  await closed(socket);
  return answer;
}

/** A WebSocket handshake as text. */
export function handshakeText(target: string, headers: Record<string, string> = {}): string {
  const all = {
    Host: '127.0.0.1',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${target} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** A raw TCP client with a reader. */
export async function rawClient(port: number): Promise<{ socket: Socket; reader: ByteReader }> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  const reader = new ByteReader();
  socket.on('data', (chunk) => reader.push(chunk));
  await once(socket, 'connect');
  return { socket, reader };
}

/** Waits until something holds. */
export async function until(condition: () => boolean, ms = 5000): Promise<void> {
  const end = Date.now() + ms;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`did not come true within ${ms} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
