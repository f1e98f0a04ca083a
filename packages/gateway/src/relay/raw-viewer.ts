import type { Socket } from 'node:net';
import type { ViewerChannel, ViewerReceiver } from './viewer-channel.js';

/** ms for bytes under way when the connection is closed. */
const CLOSE_TIMEOUT = 2000;
/** ms of silence before the kernel asks whether the viewer is there. */
const KEEP_ALIVE = 30_000;
const NORMAL = 1000;

/** A viewer that speaks the console's protocol on the bare TCP connection (xvpvnc): no frames, no close codes. */
export class RawViewer implements ViewerChannel {
  readonly hearsReasons = false;
  readonly answersPings = false;
  flushes = 0;
  readonly #socket: Socket;
  #receiver: ViewerReceiver | undefined;
  #open = true;
  #paused = false;
  #draining = false;

  /** @param socket has a listener for errors */
  constructor(socket: Socket) {
    this.#socket = socket.setKeepAlive(true, KEEP_ALIVE);
  }

  get bytesRead(): number {
    return this.#socket.bytesRead;
  }

  get pending(): boolean {
    return this.#socket.writableLength > 0;
  }

  get paused(): boolean {
    return this.#paused;
  }

  attach(receiver: ViewerReceiver): void {
    const first = this.#receiver === undefined;
    this.#receiver = receiver;
    if (!first) return;
    this.#socket.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onEnd);
    this.#socket.resume();
  }

  send(buffer: Buffer, start: number, length: number): boolean {
    if (!this.#open) return true;
    this.#socket.write(buffer.subarray(start, start + length), this.#onFlush);
    this.#draining = this.#socket.writableLength > 0;
    return !this.#draining;
  }

  pause(): void {
    this.#paused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#socket.resume();
  }

  /** A raw stream has no room for it; the kernel asks (TCP keep-alive). */
  ping(): void {}

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    const timer = setTimeout(() => this.#socket.destroy(), CLOSE_TIMEOUT).unref();
    this.#socket.once('close', () => clearTimeout(timer)).destroySoon();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  readonly #onData = (chunk: Buffer): void => {
    if (!this.#open) return;
    try {
      this.#receiver?.viewerBytes(chunk);
    } catch (error) {
      this.#fault(error);
    }
  };

  readonly #onFlush = (): void => {
    this.flushes++;
    if (!this.#draining || this.#socket.writableLength > 0) return;
    this.#draining = false;
    try {
      this.#receiver?.viewerDrained();
    } catch (error) {
      this.#fault(error);
    }
  };

  readonly #onEnd = (): void => {
    if (!this.#open) return;
    this.close();
    try {
      this.#receiver?.viewerEnded(NORMAL);
    } catch (error) {
      this.#fault(error);
    }
  };

  #fault(error: unknown): void {
    this.#open = false;
    this.#socket.destroy();
    this.#receiver?.fault(error);
  }
}
