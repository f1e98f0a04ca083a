import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { CloseCode } from '../websocket/close-code.js';
import { closeFrame, pingFrame, pongFrame } from '../websocket/control-frame.js';
import { HEAD_ROOM, writeBinaryHeader } from '../websocket/frame-header.js';
import { type FrameEnd, FrameParser, type FrameParserOptions } from '../websocket/frame-parser.js';
import { shareReads } from './shared-reads.js';
import { keepStaged, stage } from './staging.js';
import type { ViewerChannel, ViewerReceiver } from './viewer-channel.js';

/** ms for the viewer to answer our close frame, or to close the connection after its own. */
const CLOSE_TIMEOUT = 2000;
/** RFC 6455 §7.1.5: a close frame without a code, and a connection lost without a close frame. */
const NO_CODE = 1005;
const ABNORMAL = 1006;

const PING = pingFrame();

/**
 * The server's end of a WebSocket whose opening handshake is done. Data frames carry one piece of the console's bytes
 * each and are never fragmented.
 */
export class WebSocketViewer implements ViewerChannel {
  readonly hearsReasons = true;
  readonly answersPings = true;
  flushes = 0;
  readonly #socket: Duplex;
  readonly #parser: FrameParser;
  #receiver: ViewerReceiver | undefined;
  #state: 'open' | 'closing' | 'closed' = 'open';
  #paused = false;
  #draining = false;
  /** Payload of a ping that could not be answered at once: the last one is answered later. */
  #latePing: Buffer | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param socket has a listener for errors */
  constructor(socket: Duplex, options: FrameParserOptions) {
    this.#socket = socket;
    this.#parser = new FrameParser(options);
  }

  get bytesRead(): number {
    return this.#socket instanceof Socket ? this.#socket.bytesRead : 0;
  }

  get pending(): boolean {
    return this.#socket.writableLength > 0;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Frames begun by the viewer. */
  get framesRead(): number {
    return this.#parser.frames;
  }

  /** Starts reading, or hands what is read to another receiver from now on. */
  attach(receiver: ViewerReceiver): void {
    const first = this.#receiver === undefined;
    this.#receiver = receiver;
    if (!first) return;
    const socket = this.#socket.on('end', this.#onEnd).on('close', this.#onClose);
    const shared = shareReads(socket, (bytes) => this.#read(bytes, true));
    if (!shared) socket.on('data', (bytes: Buffer) => this.#read(bytes, false));
    socket.resume();
  }

  send(buffer: Buffer, start: number, length: number): boolean {
    if (this.#state !== 'open') return true;
    const socket = this.#socket;
    if (start >= HEAD_ROOM) {
      const from = writeBinaryHeader(buffer, start, length);
      socket.write(buffer.subarray(from, start + length), this.#onFlush);
    } else {
      const header = Buffer.allocUnsafe(HEAD_ROOM);
      socket.cork();
      socket.write(header.subarray(writeBinaryHeader(header, HEAD_ROOM, length)));
      socket.write(buffer.subarray(start, start + length), this.#onFlush);
      socket.uncork();
    }
    this.#draining = socket.writableLength > 0;
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

  ping(): void {
    if (this.#state === 'open' && !this.pending) this.#socket.write(PING, this.#onFlush);
  }

  close(code: number, reason: string): void {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    this.#socket.write(closeFrame(code, reason), this.#onFlush);
    this.#expectClose();
    // The answer may be behind data that we did not read.
    this.resume();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** @param passing whether the chunk is overwritten after the call */
  #read(chunk: Buffer, passing: boolean): void {
    if (this.#state === 'closed') return;
    try {
      const end = this.#parser.parse(chunk);
      const { payloadStart, payloadEnd, pings } = this.#parser;
      if (payloadEnd > payloadStart && this.#state === 'open') {
        const payload = chunk.subarray(payloadStart, payloadEnd);
        if (passing) this.#handOn(payload);
        else this.#receiver?.viewerBytes(payload);
      }
      if (pings.length > 0 && this.#state === 'open') this.#answer(pings);
      if (end !== undefined) this.#finish(end);
    } catch (error) {
      this.#fault(error);
    }
  }

  #handOn(payload: Buffer): void {
    const receiver = this.#receiver;
    if (receiver?.pausesToKeep) {
      receiver.viewerBytes(stage(payload));
      if (this.#paused) keepStaged();
    } else receiver?.viewerBytes(Buffer.from(payload));
  }

  /** The last ping is enough of an answer where bytes wait already (RFC 6455 §5.5.3). */
  #answer(pings: readonly Buffer[]): void {
    if (this.pending) this.#latePing = pings.at(-1);
    else this.#socket.write(Buffer.concat(pings.map(pongFrame)), this.#onFlush);
  }

  /** RFC 6455 §7.1.1: the server is the first to close the TCP connection. */
  #finish(end: FrameEnd): void {
    const asked = this.#state === 'closing';
    this.#state = 'closed';
    // What follows is read and dropped, so that the end of the connection is seen.
    this.resume();
    if (asked) {
      this.#socket.end();
      return;
    }
    const code = end.code ?? NO_CODE;
    this.#socket.end(closeFrame(end.code, end.kind === 'failed' ? end.reason : ''));
    this.#expectClose();
    this.#receiver?.viewerEnded(code);
  }

  #expectClose(): void {
    this.#timer ??= setTimeout(() => this.#socket.destroy(), CLOSE_TIMEOUT).unref();
  }

  readonly #onFlush = (): void => {
    this.flushes++;
    if (this.#socket.writableLength > 0) return;
    try {
      if (this.#latePing !== undefined && this.#state === 'open') {
        this.#socket.write(pongFrame(this.#latePing), this.#onFlush);
        this.#latePing = undefined;
        if (this.#socket.writableLength > 0) return;
      }
      if (!this.#draining) return;
      this.#draining = false;
      this.#receiver?.viewerDrained();
    } catch (error) {
      this.#fault(error);
    }
  };

  readonly #onEnd = (): void => {
    this.#socket.end();
    this.#expectClose();
    this.#lost();
  };

  readonly #onClose = (): void => {
    clearTimeout(this.#timer);
    this.#lost();
  };

  #lost(): void {
    const open = this.#state === 'open';
    this.#state = 'closed';
    try {
      if (open) this.#receiver?.viewerEnded(ABNORMAL);
    } catch (error) {
      this.#fault(error);
    }
  }

  #fault(error: unknown): void {
    if (this.#state === 'open') this.close(CloseCode.internalError, 'internal error');
    else this.#socket.destroy();
    this.#receiver?.fault(error);
  }
}
