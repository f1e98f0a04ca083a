import { closeSync, readSync, writeSync } from 'node:fs';
import type { Libvirt } from '../native/libvirt.js';
import type { Pointer } from '../native/native-library.js';

// virEventHandleType and virStreamEventType share their values
const readable = 1;
const writable = 2;
const failed = 4 | 8; // error, hang-up

const wouldBlock = -2;
const chunkSize = 64 * 1024;

/** Bytes read from one side that the other does not take yet. */
interface Pending {
  readonly buffer: Buffer;
  start: number;
  end: number;
}

const nothingPending = (): Pending => ({ buffer: Buffer.allocUnsafeSlow(chunkSize), start: 0, end: 0 });

/**
 * Carries bytes between a libvirt console stream and our end of a socket pair, one chunk in each direction:
 * a side is read only when the other has taken all of the last chunk.
 */
export class ConsoleStream {
  readonly connection: Pointer;
  ended = false;
  readonly #libvirt: Libvirt;
  readonly #stream: Pointer;
  readonly #socket: number;
  readonly #watch: number;
  readonly #toSocket = nothingPending();
  readonly #toStream = nothingPending();

  /** `stream` and `socket` are owned from now on; `watch` is libvirt's number for the socket's handle. */
  constructor(libvirt: Libvirt, connection: Pointer, stream: Pointer, socket: number, watch: number) {
    this.#libvirt = libvirt;
    this.connection = connection;
    this.#stream = stream;
    this.#socket = socket;
    this.#watch = watch;
  }

  /** The stream can be read or written, or has failed. */
  onStream(events: number): void {
    if ((events & writable) !== 0) this.#sendToStream();
    if ((events & readable) !== 0) this.#readStream();
    if ((events & failed) !== 0) this.ended = true;
    this.#awaitNext();
  }

  /** The socket can be read or written, or its other end is closed. */
  onSocket(events: number): void {
    if ((events & writable) !== 0) this.#writeToSocket();
    if ((events & readable) !== 0) this.#readSocket();
    else if ((events & failed) !== 0) this.ended = true;
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
    while (!this.ended && this.#toSocket.start === this.#toSocket.end) {
      const { buffer } = this.#toSocket;
      const received = this.#libvirt.functions.virStreamRecv(this.#stream, buffer, buffer.length);
      if (received === wouldBlock) return;
      if (received <= 0) {
        this.ended = true;
        return;
      }
      this.#toSocket.start = 0;
      this.#toSocket.end = received;
      this.#writeToSocket();
    }
  }

  #writeToSocket(): void {
    const { buffer, start, end } = this.#toSocket;
    if (start < end)
      this.#toSocket.start += this.#trySocket(() => writeSync(this.#socket, buffer, start, end - start));
  }

  #readSocket(): void {
    if (this.#toStream.start < this.#toStream.end) return;
    const received = this.#trySocket(() => {
      const count = readSync(this.#socket, this.#toStream.buffer);
      if (count === 0) this.ended = true;
      return count;
    });
    this.#toStream.start = 0;
    this.#toStream.end = received;
    this.#sendToStream();
  }

  #sendToStream(): void {
    while (!this.ended && this.#toStream.start < this.#toStream.end) {
      const rest = this.#toStream.buffer.subarray(this.#toStream.start, this.#toStream.end);
      const sent = this.#libvirt.functions.virStreamSend(this.#stream, rest, rest.length);
      if (sent === wouldBlock) return;
      if (sent < 0) this.ended = true;
      else this.#toStream.start += sent;
    }
  }

  #trySocket(transfer: () => number): number {
    try {
      return transfer();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') this.ended = true;
      return 0;
    }
  }

  /** Asks for what can be done next: reading where there is room, writing where something waits. */
  #awaitNext(): void {
    if (this.ended) return;
    const socketWaits = this.#toSocket.start < this.#toSocket.end;
    const streamWaits = this.#toStream.start < this.#toStream.end;
    const { functions } = this.#libvirt;
    functions.virStreamEventUpdateCallback(
      this.#stream,
      (socketWaits ? 0 : readable) | (streamWaits ? writable : 0),
    );
    functions.virEventUpdateHandle(this.#watch, (streamWaits ? 0 : readable) | (socketWaits ? writable : 0));
  }
}
