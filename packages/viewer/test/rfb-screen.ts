import type { WebSocket } from 'ws';

export interface ScreenOptions {
  readonly name?: string;
  readonly width?: number;
  readonly height?: number;
}

/** A machine's screen for one browser: RFB 3.8 (RFC 6143), no security, Raw only; it keeps what it is told. */
export class RfbScreen {
  readonly keys: { readonly keysym: number; readonly down: boolean }[] = [];
  readonly pointers: { readonly x: number; readonly y: number; readonly buttons: number }[] = [];
  readonly clipboard: string[] = [];
  readonly #socket: WebSocket;
  readonly #name: Buffer;
  readonly #width: number;
  readonly #height: number;
  #input = Buffer.alloc(0);
  #step: 'version' | 'security' | 'init' | 'messages' = 'version';
  #painted = false;

  constructor(socket: WebSocket, { name = 'test machine', width = 640, height = 400 }: ScreenOptions = {}) {
    this.#socket = socket;
    this.#name = Buffer.from(name);
    this.#width = width;
    this.#height = height;
    socket.on('message', (data: Buffer) => {
      this.#input = Buffer.concat([this.#input, data]);
      while (this.#take()) {
        // Until a whole message is missing.
      }
    });
    socket.send(Buffer.from('RFB 003.008\n'));
  }

  /** What the keys typed, as text: each press of a Latin-1 key, Return as a line feed. */
  get typed(): string {
    return this.keys
      .filter(({ keysym, down }) => down && (keysym < 0x100 || keysym === 0xff0d))
      .map(({ keysym }) => (keysym === 0xff0d ? '\n' : String.fromCharCode(keysym)))
      .join('');
  }

  /** The machine copied something (ServerCutText). */
  copy(text: string): void {
    const bytes = Buffer.from(text, 'latin1');
    const head = Buffer.alloc(8);
    head[0] = 3;
    head.writeUInt32BE(bytes.length, 4);
    this.#socket.send(Buffer.concat([head, bytes]));
  }

  #take(): boolean {
    const length = this.#nextLength();
    if (length === undefined || this.#input.length < length) return false;
    const message = this.#input.subarray(0, length);
    this.#input = this.#input.subarray(length);
    this.#handle(message);
    return true;
  }

  #nextLength(): number | undefined {
    if (this.#step === 'version') return 12;
    if (this.#step === 'security' || this.#step === 'init') return 1;
    switch (this.#input[0]) {
      case 0:
        return 20;
      case 2:
        return this.#input.length < 4 ? undefined : 4 + 4 * this.#input.readUInt16BE(2);
      case 3:
        return 10;
      case 4:
        return 8;
      case 5:
        return 6;
      case 6:
        return this.#input.length < 8 ? undefined : 8 + this.#input.readUInt32BE(4);
      default:
        return undefined;
    }
  }

  #handle(message: Buffer): void {
    switch (this.#step) {
      case 'version':
        this.#step = 'security';
        this.#socket.send(Buffer.from([1, 1]));
        return;
      case 'security':
        this.#step = 'init';
        this.#socket.send(Buffer.from([0, 0, 0, 0]));
        return;
      case 'init':
        this.#step = 'messages';
        this.#socket.send(this.#serverInit());
        return;
      case 'messages':
        this.#message(message);
    }
  }

  #message(message: Buffer): void {
    if (message[0] === 3 && !this.#painted) {
      this.#painted = true;
      this.#socket.send(this.#picture());
    }
    if (message[0] === 4) this.keys.push({ down: message[1] === 1, keysym: message.readUInt32BE(4) });
    if (message[0] === 5) {
      this.pointers.push({
        buttons: message[1] ?? 0,
        x: message.readUInt16BE(2),
        y: message.readUInt16BE(4),
      });
    }
    if (message[0] === 6) this.clipboard.push(message.toString('latin1', 8));
  }

  #serverInit(): Buffer {
    const init = Buffer.alloc(24);
    init.writeUInt16BE(this.#width, 0);
    init.writeUInt16BE(this.#height, 2);
    // 32 bits a pixel, depth 24, little endian, true colour, 8 bits each at 16, 8 and 0.
    init.set([32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0], 4);
    init.writeUInt32BE(this.#name.length, 20);
    return Buffer.concat([init, this.#name]);
  }

  /** Blue on the left half, orange on the right. noVNC asks for red first in memory. */
  #picture(): Buffer {
    const pixels = Buffer.alloc(this.#width * this.#height * 4);
    for (let at = 0; at < pixels.length; at += 4) {
      const left = (at / 4) % this.#width < this.#width / 2;
      pixels.set(left ? [20, 60, 160, 255] : [230, 120, 20, 255], at);
    }
    const head = Buffer.alloc(16);
    head.writeUInt16BE(1, 2);
    head.writeUInt16BE(this.#width, 8);
    head.writeUInt16BE(this.#height, 10);
    return Buffer.concat([head, pixels]);
  }
}
