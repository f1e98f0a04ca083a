import { connect, type Socket } from 'node:net';

/** A WebSocket client that only counts what it gets. */
export class Viewer {
  readonly #socket: Socket;
  bytes = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Opens a session and waits for its first byte. */
  static open(url: URL): Promise<Viewer> {
    return new Promise((resolve, reject) => {
      const socket = connect({
        host: url.hostname,
        port: Number(url.port),
        onread: {
          buffer: Buffer.alloc(65_536),
          callback: (length, buffer) => viewer.#read(length, buffer, resolve, reject),
        },
      });
      const viewer = new Viewer(socket);
      socket.setNoDelay(true).on('error', reject);
      socket.write(
        `GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
          'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: binary\r\n\r\n',
      );
    });
  }

  #head = '';
  #upgraded = false;

  #read(
    length: number,
    buffer: Uint8Array,
    opened: (viewer: Viewer) => void,
    failed: (error: Error) => void,
  ): boolean {
    if (this.#upgraded) {
      this.bytes += length;
      return true;
    }
    this.#head += Buffer.from(buffer.buffer, buffer.byteOffset, length).toString('latin1');
    const end = this.#head.indexOf('\r\n\r\n');
    if (end < 0) return true;
    if (!this.#head.startsWith('HTTP/1.1 101')) {
      failed(new Error(`the proxy answered ${this.#head.slice(0, this.#head.indexOf('\r'))}`));
      return false;
    }
    this.bytes = this.#head.length - end - 4;
    if (this.bytes > 0) {
      this.#upgraded = true;
      opened(this);
    }
    return true;
  }

  /** Says goodbye as a browser does, with a masked close frame. */
  close(): void {
    this.#socket.end(Buffer.of(0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8));
    setTimeout(() => this.#socket.destroy(), 1000).unref();
  }

  /** Leaves without a word, so that a stream stops at once. */
  destroy(): void {
    this.#socket.destroy();
  }
}
