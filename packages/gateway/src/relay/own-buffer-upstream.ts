import type { OnReadOpts, Socket } from 'node:net';
import { HEAD_ROOM } from '../websocket/frame-header.js';
import { type FairShare, LARGEST_READ } from './fair-share.js';
import type { Upstream, UpstreamReceiver } from './upstream.js';

/** Storage of a quiet session. */
const QUIET_STORAGE = 2048;
const QUIET_READ = QUIET_STORAGE - HEAD_ROOM;
/** Small reads after which a session counts as quiet again. */
const READS_UNTIL_QUIET = 64;
/** ms for bytes under way when the connection is closed. */
const CLOSE_TIMEOUT = 2000;

/**
 * A socket that reads into one buffer of our own, over and over: no allocation per read, and room before the bytes for
 * a frame header. That is safe because the receiver stops reading while the buffer is still being sent.
 * The buffer is small while little arrives and grows when a read fills it.
 */
export class OwnBufferUpstream<Opened extends Socket = Socket> implements Upstream {
  readonly sendsAtOnce = true;
  readonly socket: Opened;
  readonly #share: FairShare;
  #storage = Buffer.allocUnsafeSlow(QUIET_STORAGE);
  #view = this.#storage.subarray(HEAD_ROOM);
  #smallReads = 0;
  #receiver: UpstreamReceiver | undefined;
  #held = 0;
  #draining = false;
  #ended = false;

  /** @param connect opens the socket with the given option for reading */
  constructor(connect: (onread: OnReadOpts) => Opened, share: FairShare) {
    this.#share = share;
    this.socket = connect({
      buffer: () => this.#view,
      callback: (length) => this.#read(length),
    });
    this.socket.on('end', this.#onEnd).on('close', this.#onEnd).on('error', ignore);
  }

  get quiet(): boolean {
    return this.#storage.length === QUIET_STORAGE;
  }

  attach(receiver: UpstreamReceiver | undefined): void {
    this.#receiver = receiver;
    if (receiver === undefined) return;
    const held = this.#held;
    this.#held = 0;
    const goOn = held === 0 || this.#deliver(receiver, this.#storage, held);
    if (this.#ended) receiver.upstreamEnded();
    else if (goOn) this.socket.resume();
  }

  write(bytes: Uint8Array): boolean {
    this.socket.write(bytes, this.#onFlush);
    this.#draining = this.socket.writableLength > 0;
    return !this.#draining;
  }

  resume(): void {
    this.socket.resume();
  }

  close(): void {
    if (this.socket.writableLength === 0) {
      this.socket.destroySoon();
      return;
    }
    const timer = setTimeout(() => this.socket.destroy(), CLOSE_TIMEOUT).unref();
    this.socket.once('close', () => clearTimeout(timer)).destroySoon();
  }

  destroy(): void {
    this.socket.destroy();
  }

  release(): Socket {
    this.#receiver = undefined;
    this.#ended = true;
    this.socket.off('end', this.#onEnd).off('close', this.#onEnd);
    return this.socket;
  }

  #read(length: number): boolean {
    if (this.#receiver === undefined) {
      this.#held = length;
      return false;
    }
    const storage = this.#storage;
    this.#resize(length);
    return this.#deliver(this.#receiver, storage, length);
  }

  #deliver(receiver: UpstreamReceiver, storage: Buffer, length: number): boolean {
    try {
      return receiver.upstreamBytes(storage, HEAD_ROOM, length);
    } catch (error) {
      this.#fault(error);
      return false;
    }
  }

  /** Chooses the buffer of the next read, which Node asks for after this one; bytes of this one stay where they are. */
  #resize(length: number): void {
    if (length < this.#view.length) {
      if (this.quiet) return;
      this.#smallReads = length <= QUIET_READ ? this.#smallReads + 1 : 0;
      if (this.#smallReads === READS_UNTIL_QUIET) this.#adopt(QUIET_STORAGE, QUIET_READ);
      return;
    }
    this.#smallReads = 0;
    const limit = this.#share.readLimit;
    if (this.quiet) this.#adopt(HEAD_ROOM + LARGEST_READ, limit);
    else if (this.#view.length !== limit) this.#view = this.#storage.subarray(HEAD_ROOM, HEAD_ROOM + limit);
  }

  #adopt(storage: number, read: number): void {
    this.#storage = Buffer.allocUnsafeSlow(storage);
    this.#view = this.#storage.subarray(HEAD_ROOM, HEAD_ROOM + read);
    this.#smallReads = 0;
  }

  readonly #onFlush = (): void => {
    if (!this.#draining || this.socket.writableLength > 0) return;
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
      if (this.#held === 0) this.#receiver?.upstreamEnded();
    } catch (error) {
      this.#fault(error);
    }
  };

  #fault(error: unknown): void {
    this.socket.destroy();
    this.#receiver?.fault(error);
  }
}

/** 'close' follows every 'error' and says enough. */
function ignore(): void {}
