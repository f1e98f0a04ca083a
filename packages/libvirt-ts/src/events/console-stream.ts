import { closeSync, readSync, writeSync } from 'node:fs';
import type { Libvirt } from '../native/libvirt.js';
import type { Pointer } from '../native/native-library.js';
import { OutputBacklog } from './output-backlog.js';

// virEventHandleType and virStreamEventType share their values
const readable = 1;
const writable = 2;
const failed = 4 | 8; // error, hang-up

const wouldBlock = -2;
const chunkSize = 64 * 1024;
/**
 * libvirt has no flow control for a stream: what is not taken from it piles up inside. So all is taken at
 * once, and what a slow reader leaves beyond this many bytes is lost, as on a serial line.
 */
const longestBacklog = 4 * 1024 * 1024;

/** Carries bytes between a libvirt console stream and our end of a socket pair. */
export class ConsoleStream {
  readonly connection: Pointer;
  readonly #libvirt: Libvirt;
  readonly #stream: Pointer;
  readonly #socket: number;
  readonly #watch: number;
  readonly #output = new OutputBacklog(longestBacklog);
  readonly #chunk = Buffer.allocUnsafeSlow(chunkSize);
  /** What was typed and the stream does not take yet; nothing more is read meanwhile. */
  #input = Buffer.alloc(0);
  #streamEnded = false;
  #socketEnded = false;

  /** `stream` and `socket` are owned from now on; `watch` is libvirt's number for the socket's handle. */
  constructor(libvirt: Libvirt, connection: Pointer, stream: Pointer, socket: number, watch: number) {
    this.#libvirt = libvirt;
    this.connection = connection;
    this.#stream = stream;
    this.#socket = socket;
    this.#watch = watch;
  }

  /** Whether it can be closed: nobody is there, or the console has ended and its last words are read. */
  get ended(): boolean {
    return this.#socketEnded || (this.#streamEnded && this.#output.size === 0);
  }

  /** The stream can be read or written, or has failed. */
  onStream(events: number): void {
    if ((events & writable) !== 0) this.#sendToStream();
    if ((events & readable) !== 0) this.#readStream();
    if ((events & failed) !== 0) this.#streamEnded = true;
    this.#awaitNext();
  }

  /** The socket can be read or written, or its other end is closed. */
  onSocket(events: number): void {
    if ((events & writable) !== 0) this.#writeToSocket();
    if ((events & readable) !== 0) this.#readSocket();
    else if ((events & failed) !== 0) this.#socketEnded = true;
    this.#awaitNext();
  }

  /** Frees all that is owned. Not to be called from a callback of the stream itself. */
  close(): void {
    const { functions } = this.#libvirt;
    functions.virEventRemoveHandle(this.#watch);
    functions.virStreamEventRemoveCallback(this.#stream);
    functions.virStreamAbort(this.#stream);
    functions.virStreamFree(this.#stream);
    closeSync(this.#socket);
  }

  #readStream(): void {
    while (!this.#streamEnded) {
      const received = this.#libvirt.functions.virStreamRecv(this.#stream, this.#chunk, this.#chunk.length);
      if (received === wouldBlock) return;
      if (received <= 0) {
        this.#streamEnded = true;
        return;
      }
      this.#output.push(this.#chunk.subarray(0, received));
      this.#writeToSocket();
    }
  }

  #writeToSocket(): void {
    this.#output.drain((bytes) => this.#trySocket(() => writeSync(this.#socket, bytes)));
  }

  #readSocket(): void {
    if (this.#input.length > 0) return;
    const received = this.#trySocket(() => {
      const count = readSync(this.#socket, this.#chunk);
      if (count === 0) this.#socketEnded = true;
      return count;
    });
    this.#input = Buffer.from(this.#chunk.subarray(0, received));
    this.#sendToStream();
  }

  #sendToStream(): void {
    while (!this.#streamEnded && this.#input.length > 0) {
      const sent = this.#libvirt.functions.virStreamSend(this.#stream, this.#input, this.#input.length);
      if (sent === wouldBlock) return;
      if (sent < 0) this.#streamEnded = true;
      else this.#input = this.#input.subarray(sent);
    }
  }

  #trySocket(transfer: () => number): number {
    try {
      return transfer();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') this.#socketEnded = true;
      return 0;
    }
  }

  /** Asks for what can be done next: reading where there is room, writing where something waits. */
  #awaitNext(): void {
    if (this.ended) return;
    const inputWaits = this.#input.length > 0;
    const { functions } = this.#libvirt;
    const fromStream = this.#streamEnded ? 0 : readable | (inputWaits ? writable : 0);
    const fromSocket =
      (inputWaits || this.#streamEnded ? 0 : readable) | (this.#output.size > 0 ? writable : 0);
    functions.virStreamEventUpdateCallback(this.#stream, fromStream);
    functions.virEventUpdateHandle(this.#watch, fromSocket);
  }
}
