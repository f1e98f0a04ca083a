import type { Duplex } from 'node:stream';
import type { Upstream, UpstreamReceiver } from './upstream.js';

/** A chunk up to this size does not count as streaming, in bytes. */
const QUIET_CHUNK = 2048;
/** ms for bytes under way when the connection is closed. */
const CLOSE_TIMEOUT = 2000;

/**
 * A connection that someone else opened: TLS inside VNC, or a stream that an adapter passes. It reads what the stream
 * allocates; each chunk is the receiver's.
 */
export class StreamUpstream implements Upstream {
  readonly #stream: Duplex;
  #receiver: UpstreamReceiver | undefined;
  #reading = false;
  #quiet = true;
  #draining = false;
  #ended = false;

  constructor(stream: Duplex) {
    this.#stream = stream;
    stream.pause().on('end', this.#onEnd).on('close', this.#onEnd).on('error', ignore);
  }

  get quiet(): boolean {
    return this.#quiet;
  }

  attach(receiver: UpstreamReceiver | undefined): void {
    this.#receiver = receiver;
    if (receiver === undefined) {
      this.#stream.pause();
      return;
    }
    if (!this.#reading) {
      this.#reading = true;
      this.#stream.on('data', this.#onData);
    }
    if (this.#ended || this.#stream.destroyed) receiver.upstreamEnded();
    else this.#stream.resume();
  }

  write(bytes: Uint8Array): boolean {
    this.#stream.write(bytes, this.#onFlush);
    this.#draining = this.#stream.writableLength > 0;
    return !this.#draining;
  }

  resume(): void {
    if (this.#receiver !== undefined) this.#stream.resume();
  }

  close(): void {
    if (this.#stream.destroyed) return;
    const timer = setTimeout(() => this.#stream.destroy(), CLOSE_TIMEOUT).unref();
    this.#stream.once('close', () => clearTimeout(timer));
    this.#stream.end(() => this.#stream.destroy());
  }

  destroy(): void {
    this.#stream.destroy();
  }

  release(): Duplex {
    this.#receiver = undefined;
    this.#ended = true;
    return this.#stream.pause().off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onEnd);
  }

  readonly #onData = (chunk: unknown): void => {
    try {
      if (!(chunk instanceof Uint8Array))
        throw new TypeError('console stream gave something else than bytes');
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      this.#quiet = bytes.length <= QUIET_CHUNK;
      if (this.#receiver?.upstreamBytes(bytes, 0, bytes.length) === false) this.#stream.pause();
    } catch (error) {
      this.#fault(error);
    }
  };

  readonly #onFlush = (): void => {
    if (!this.#draining || this.#stream.writableLength > 0) return;
    this.#draining = false;
    try {
      this.#receiver?.upstreamDrained();
    } catch (error) {
      this.#fault(error);
    }
  };

  readonly #onEnd = (): void => {
    if (this.#ended) return;
    this.#ended = true;
    try {
      this.#receiver?.upstreamEnded();
    } catch (error) {
      this.#fault(error);
    }
  };

  #fault(error: unknown): void {
    this.#stream.destroy();
    this.#receiver?.fault(error);
  }
}

/** 'close' follows every 'error' and says enough. */
function ignore(): void {}
