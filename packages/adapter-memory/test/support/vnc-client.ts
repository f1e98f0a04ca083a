import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { constants, inflateSync } from 'node:zlib';
import type { ConsoleConnection } from '@remote-consoles/core';
import {
  type ClientMessage,
  decodePixels,
  Encoding,
  encodeClientMessage,
  InputBuffer,
  type PixelFormat,
  RfbClientHandshake,
  readServerInit,
  type Security,
  type ServerInit,
  type ServerMessage,
  ServerMessageParser,
} from '@remote-consoles/rfb';
import type { Picture } from '../../src/picture/picture.js';

type Rectangle = Extract<ServerMessage, { type: 'rectangle' }>;

/** A VNC client that keeps the picture and everything else it was told. */
export class VncClient {
  readonly #stream: Duplex;
  readonly #parser: ServerMessageParser;
  readonly security: Security;
  readonly init: ServerInit;
  #format: PixelFormat;
  #picture: { width: number; height: number; pixels: Uint32Array };
  #left = 0;
  /** Whole updates that have arrived. */
  updates = 0;
  /** Rectangles of the last update. */
  rectangles: Rectangle[] = [];
  bytes = 0;

  private constructor(stream: Duplex, security: Security, init: ServerInit, rest: Uint8Array) {
    this.#stream = stream;
    this.security = security;
    this.init = init;
    this.#format = init.pixelFormat;
    this.#parser = new ServerMessageParser({ pixelFormat: init.pixelFormat });
    this.#picture = blank(init.width, init.height);
    this.#receive(rest);
    stream.on('data', (chunk: Uint8Array) => this.#receive(chunk));
    stream.on('error', () => {});
    stream.resume();
  }

  /** Opens the connection as a gateway would. */
  static async open(connection: ConsoleConnection): Promise<VncClient> {
    const { transport } = connection;
    if (transport.kind !== 'tcp') throw new Error(`${transport.kind} is not TCP`);
    const socket = connectTcp(transport.port, transport.host);
    await once(socket, 'connect');
    return VncClient.over(socket, connection);
  }

  static async over(duplex: Duplex, { security }: ConsoleConnection): Promise<VncClient> {
    if (security.kind !== 'rfb') throw new Error('not RFB');
    const { password, tls, tlsRequired } = security;
    const handshake = new RfbClientHandshake({
      tls: tlsRequired ? 'require' : 'never',
      ...(password && { password: password.reveal() }),
    });
    let stream = duplex;
    let done: { readonly security: Security; readonly rest: Uint8Array } | undefined;
    while (!done) {
      for (const step of handshake.receive(await chunkOf(stream))) {
        if (step.kind === 'send') stream.write(step.bytes);
        if (step.kind === 'done') done = step;
        if (step.kind === 'start-tls') {
          const ca = tls?.trust.kind === 'ca' ? tls.trust.ca : '';
          const servername = tls?.serverName ?? '';
          const secure = connectTls({ socket: stream as Socket, ca, servername });
          await once(secure, 'secureConnect');
          stream = secure;
          handshake.tlsEstablished();
        }
      }
    }
    return VncClient.#initialize(stream, done.security, done.rest);
  }

  static async #initialize(stream: Duplex, security: Security, rest: Uint8Array): Promise<VncClient> {
    const input = new InputBuffer(1 << 20);
    input.push(rest);
    stream.write(Uint8Array.of(1));
    for (;;) {
      const init = readServerInit(input);
      if (init) return new VncClient(stream, security, init, input.takeAll());
      input.push(await chunkOf(stream));
    }
  }

  get picture(): Picture {
    return this.#picture;
  }

  get stream(): Duplex {
    return this.#stream;
  }

  send(message: ClientMessage): void {
    if (message.type === 'set-pixel-format') {
      this.#format = message.pixelFormat;
      this.#parser.pixelFormat = message.pixelFormat;
    }
    this.#stream.write(encodeClientMessage(message));
  }

  ask(incremental = true): void {
    const { width, height } = this.#picture;
    this.send({ type: 'framebuffer-update-request', incremental, x: 0, y: 0, width, height });
  }

  /** Asks, and waits for the answer. */
  async refresh(incremental = true): Promise<void> {
    const { updates } = this;
    this.ask(incremental);
    await until(() => this.updates > updates);
  }

  /** Asks on and on until the picture is as wished. */
  async see(wish: () => boolean): Promise<void> {
    while (!wish()) await this.refresh();
  }

  type(text: string): void {
    for (const character of text) {
      const keysym = character === '\n' ? 0xff0d : character.charCodeAt(0);
      this.send({ type: 'key-event', down: true, keysym });
      this.send({ type: 'key-event', down: false, keysym });
    }
  }

  close(): void {
    this.#stream.destroy();
  }

  #receive(chunk: Uint8Array): void {
    this.bytes += chunk.length;
    for (const message of this.#parser.receive(chunk)) {
      if (message.type === 'framebuffer-update') {
        this.#left = message.rectangles;
        this.rectangles = [];
      }
      if (message.type === 'rectangle') this.#draw(message);
    }
  }

  #draw(rectangle: Rectangle): void {
    this.rectangles.push(rectangle);
    const { encoding, width, height } = rectangle;
    if (encoding === Encoding.extendedDesktopSize && rectangle.y === 0) this.#picture = blank(width, height);
    if (encoding === Encoding.desktopSize) this.#picture = blank(width, height);
    if (encoding === Encoding.raw) this.#blit(rectangle, decodePixels(this.#format, rectangle.data));
    if (encoding === Encoding.tight) this.#blit(rectangle, decodeTight(rectangle));
    this.#left -= 1;
    if (this.#left === 0) this.updates += 1;
  }

  #blit({ x, y, width, height }: Rectangle, pixels: Uint32Array): void {
    for (let row = 0; row < height; row++) {
      const line = pixels.subarray(row * width, (row + 1) * width);
      this.#picture.pixels.set(line, (y + row) * this.#picture.width + x);
    }
  }
}

/** Waits until something is so. */
export async function until(condition: () => boolean, ms = 5000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('it did not come to be in time');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function chunkOf(stream: Duplex): Promise<Uint8Array> {
  const closed = once(stream, 'close').then(() => {
    throw new Error('the server closed the connection');
  });
  closed.catch(() => {});
  stream.resume();
  const [chunk] = await Promise.race([once(stream, 'data'), closed]);
  stream.pause();
  return chunk;
}

function blank(width: number, height: number) {
  return { width, height, pixels: new Uint32Array(width * height) };
}

/** Tight as far as this server speaks it: fill, palette and copy, three bytes a pixel, stream 0 reset each time. */
function decodeTight({ data, width, height }: Rectangle): Uint32Array {
  const control = data[0] ?? 0;
  if (control === 0x80) return new Uint32Array(width * height).fill(colours(data.subarray(1, 4))[0] ?? 0);
  if (control === 0x01) return colours(inflated(data, 1, width * height * 3));
  const count = (data[2] ?? 0) + 1;
  const palette = colours(data.subarray(3, 3 + 3 * count));
  const rowBytes = count === 2 ? Math.ceil(width / 8) : width;
  const body = inflated(data, 3 + 3 * count, rowBytes * height);
  return Uint32Array.from({ length: width * height }, (_, i) => {
    const x = i % width;
    const row = Math.floor(i / width) * rowBytes;
    const index = count === 2 ? ((body[row + (x >> 3)] ?? 0) >> (7 - (x & 7))) & 1 : (body[row + x] ?? 0);
    return palette[index] ?? 0;
  });
}

function inflated(data: Uint8Array, at: number, size: number): Uint8Array {
  if (size < 12) return data.subarray(at);
  const lengthBytes = (data[at] ?? 0) < 0x80 ? 1 : (data[at + 1] ?? 0) < 0x80 ? 2 : 3;
  return inflateSync(data.subarray(at + lengthBytes), { finishFlush: constants.Z_SYNC_FLUSH });
}

function colours(bytes: Uint8Array): Uint32Array {
  return Uint32Array.from({ length: Math.floor(bytes.length / 3) }, (_, i) => {
    const [red = 0, green = 0, blue = 0] = bytes.subarray(i * 3, i * 3 + 3);
    return (red << 16) | (green << 8) | blue;
  });
}
