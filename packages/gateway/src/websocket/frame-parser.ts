import { isUtf8 } from 'node:buffer';
import { CloseCode, isCloseCodeOnTheWire } from './close-code.js';
import { Opcode } from './frame-header.js';
import { unmask, unmaskShort } from './unmask.js';
import { Utf8Validator } from './utf8-validator.js';

/** Why no more frames will be read. */
export type FrameEnd =
  /** The peer sent a close frame; `code` is undefined if it was empty. */
  | { readonly kind: 'closed'; readonly code: number | undefined; readonly reason: string }
  /** The peer broke the protocol; `code` is the close code to answer with. */
  | { readonly kind: 'failed'; readonly code: CloseCode; readonly reason: string };

export interface FrameParserOptions {
  /**
   * Longest payload of one frame, in bytes; up to 125 always pass. Payloads are streamed, so this bounds nonsense and
   * not memory.
   */
  readonly maxFrameBytes: number;
  /** What to do with text frames: refuse them (1003), or take them as UTF-8 bytes (invalid UTF-8: 1007). */
  readonly text: 'refuse' | 'bytes';
}

/** Pings answered per chunk; of further ones only the last (RFC 6455 §5.5.3 allows that). */
const MAX_PINGS = 16;
const MAX_CONTROL_BYTES = 125;
const MAX_HEADER_BYTES = 14;

/** The first byte of a binary message of one frame (RFC 6455 §5.2). */
const WHOLE_BINARY = 0x80 | Opcode.binary;
/** The bit of the second byte that says so. */
const MASKED = 0x80;
/** Longest payload whose length is in the second byte. */
const LONGEST_SHORT = 125;
const SHORT_HEADER_BYTES = 6;

/**
 * Reads the frames of a WebSocket client (RFC 6455 §5) without doing I/O and without copying: each chunk is
 * unmasked where it lies and the data payloads in it, whole or partial, are moved together. Message borders
 * are dropped, since a console is a byte stream.
 *
 * A payload length that is not encoded in the shortest form is accepted, as other servers do.
 */
export class FrameParser {
  /** Data in the chunk last parsed: `chunk.subarray(payloadStart, payloadEnd)`. */
  payloadStart = 0;
  payloadEnd = 0;
  /** Data frames begun so far. */
  frames = 0;
  /** Payloads of the pings in the chunk last parsed. */
  pings: Buffer[] = [];

  readonly #maxFrameBytes: number;
  readonly #textAllowed: boolean;
  #end: FrameEnd | undefined;

  #header: Uint8Array | undefined;
  #headerLength = 0;

  #inFrame = false;
  #fin = false;
  #opcode: number = Opcode.continuation;
  #key = 0;
  #length = 0;
  #remaining = 0;

  #inMessage = false;
  #text: Utf8Validator | undefined;
  #control: Buffer | undefined;

  constructor(options: FrameParserOptions) {
    this.#maxFrameBytes = options.maxFrameBytes;
    this.#textAllowed = options.text === 'bytes';
  }

  /**
   * Takes the next bytes of the connection, at whatever border they were cut.
   *
   * @param chunk is changed; the data in it is valid even if the stream ended in it (of text that is not UTF-8
   *   the piece in this chunk is left out)
   * @returns why the stream ended, as soon as it did; later bytes are ignored
   */
  parse(chunk: Uint8Array): FrameEnd | undefined {
    this.payloadStart = 0;
    this.payloadEnd = 0;
    if (this.pings.length > 0) this.pings = [];
    let at = 0;
    while (at < chunk.length && this.#end === undefined) {
      if (!this.#inFrame) {
        at = this.#takeKeystrokes(chunk, at);
        at = this.#takeHeader(chunk, at);
        if (!this.#inFrame) break;
      }
      const length = Math.min(this.#remaining, chunk.length - at);
      if (this.#opcode >= Opcode.close) this.#takeControl(chunk, at, length);
      else if (!this.#takeData(chunk, at, length)) break;
      at += length;
      this.#remaining -= length;
      if (this.#remaining === 0) this.#endFrame();
    }
    return this.#end;
  }

  /**
   * Takes what viewers send most and in bursts, whole and short binary messages, without a look at what cannot come up
   * in them.
   *
   * @returns where the first frame that is anything else starts
   */
  #takeKeystrokes(chunk: Uint8Array, start: number): number {
    if (this.#headerLength > 0 || this.#inMessage) return start;
    let at = start;
    let to = this.payloadEnd === 0 ? start + SHORT_HEADER_BYTES : this.payloadEnd;
    const first = to;
    while (at + SHORT_HEADER_BYTES <= chunk.length && chunk[at] === WHOLE_BINARY) {
      const length = (chunk[at + 1] ?? 0) - MASKED;
      const from = at + SHORT_HEADER_BYTES;
      if (length < 0 || length > LONGEST_SHORT || from + length > chunk.length) break;
      unmaskShort(chunk, from, to, length);
      to += length;
      at = from + length;
      this.frames++;
    }
    if (to > first) {
      if (this.payloadEnd === 0) this.payloadStart = first;
      this.payloadEnd = to;
    }
    return at;
  }

  #takeHeader(chunk: Uint8Array, start: number): number {
    if (this.#headerLength === 0) {
      const length = this.#readHeader(chunk, start, chunk.length - start);
      if (length > 0 || this.#end !== undefined) return start + length;
    }
    this.#header ??= new Uint8Array(MAX_HEADER_BYTES);
    for (let at = start; at < chunk.length; at++) {
      this.#header[this.#headerLength++] = chunk[at] ?? 0;
      if (this.#readHeader(this.#header, 0, this.#headerLength) > 0) {
        this.#headerLength = 0;
        return at + 1;
      }
      if (this.#end !== undefined) break;
    }
    return chunk.length;
  }

  /** @returns the header's length, or 0 if it is not all there or not acceptable */
  #readHeader(bytes: Uint8Array, at: number, available: number): number {
    if (available < 2) return 0;
    const first = bytes[at] ?? 0;
    const second = bytes[at + 1] ?? 0;
    const short = second & 0x7f;
    if (!this.#checkStart(first, second, short)) return 0;

    const extra = short < 126 ? 0 : short === 126 ? 2 : 8;
    if (available < 2 + extra) return 0;
    const length = extra === 0 ? short : this.#readLength(bytes, at + 2, extra);
    if (length < 0 || available < 6 + extra) return 0;

    const key = at + 2 + extra;
    this.#key =
      ((bytes[key] ?? 0) << 24) |
      ((bytes[key + 1] ?? 0) << 16) |
      ((bytes[key + 2] ?? 0) << 8) |
      (bytes[key + 3] ?? 0);
    this.#length = length;
    this.#remaining = length;
    this.#beginFrame(first);
    return 6 + extra;
  }

  /** The rules that the first two bytes can break (RFC 6455 §5.1, §5.2, §5.4, §5.5). */
  #checkStart(first: number, second: number, short: number): boolean {
    const opcode = first & 0x0f;
    const fin = (first & 0x80) !== 0;
    if ((first & 0x70) !== 0) return this.#broken('reserved bit set');
    if ((second & 0x80) === 0) return this.#broken('frame not masked');
    if (opcode >= Opcode.close) {
      if (opcode > Opcode.pong) return this.#broken('unknown opcode');
      if (!fin) return this.#broken('fragmented control frame');
      if (short > MAX_CONTROL_BYTES) return this.#broken('control frame too long');
      return true;
    }
    if (opcode > Opcode.binary) return this.#broken('unknown opcode');
    if (opcode === Opcode.continuation && !this.#inMessage) return this.#broken('nothing to continue');
    if (opcode !== Opcode.continuation && this.#inMessage) return this.#broken('message not finished');
    if (opcode === Opcode.text && !this.#textAllowed) {
      return this.#fail(CloseCode.unsupportedData, 'text frames are not accepted');
    }
    return true;
  }

  #readLength(bytes: Uint8Array, at: number, size: number): number {
    let length = 0;
    if (size === 8 && (bytes[at] ?? 0) >= 0x80) {
      this.#broken('frame length has its top bit set');
      return -1;
    }
    for (let i = 0; i < size; i++) length = length * 256 + (bytes[at + i] ?? 0);
    if (length <= this.#maxFrameBytes) return length;
    this.#fail(CloseCode.messageTooBig, 'frame too long');
    return -1;
  }

  #beginFrame(first: number): void {
    this.#inFrame = true;
    this.#opcode = first & 0x0f;
    this.#fin = (first & 0x80) !== 0;
    if (this.#opcode >= Opcode.close) {
      this.#control = Buffer.allocUnsafe(this.#length);
      return;
    }
    this.frames++;
    this.#inMessage = true;
    if (this.#opcode === Opcode.text) this.#text = new Utf8Validator();
  }

  #takeControl(chunk: Uint8Array, from: number, length: number): void {
    const done = this.#length - this.#remaining;
    unmask(chunk, from, from, length, this.#key, done);
    this.#control?.set(chunk.subarray(from, from + length), done);
  }

  /** @returns false if the text in it is not UTF-8 */
  #takeData(chunk: Uint8Array, from: number, length: number): boolean {
    if (this.payloadEnd === 0) {
      this.payloadStart = from;
      this.payloadEnd = from;
    }
    const to = this.payloadEnd;
    unmask(chunk, from, to, length, this.#key, this.#length - this.#remaining);
    if (this.#text !== undefined && !this.#text.push(chunk, to, to + length)) {
      return this.#fail(CloseCode.invalidPayload, 'text is not UTF-8');
    }
    this.payloadEnd = to + length;
    return true;
  }

  #endFrame(): void {
    this.#inFrame = false;
    if (this.#opcode >= Opcode.close) {
      this.#endControl(this.#control ?? Buffer.alloc(0));
      this.#control = undefined;
      return;
    }
    if (!this.#fin) return;
    this.#inMessage = false;
    if (this.#text !== undefined && !this.#text.complete) {
      this.#fail(CloseCode.invalidPayload, 'text is not UTF-8');
    }
    this.#text = undefined;
  }

  #endControl(payload: Buffer): void {
    if (this.#opcode === Opcode.close) {
      this.#endClose(payload);
    } else if (this.#opcode === Opcode.ping) {
      this.pings.length = Math.min(this.pings.length, MAX_PINGS - 1);
      this.pings.push(payload);
    }
  }

  /** RFC 6455 §5.5.1 and §7.4. */
  #endClose(payload: Buffer): void {
    if (payload.length === 0) {
      this.#end = { kind: 'closed', code: undefined, reason: '' };
      return;
    }
    if (payload.length === 1) {
      this.#broken('close code cut short');
      return;
    }
    const code = payload.readUInt16BE(0);
    const reason = payload.subarray(2);
    if (!isCloseCodeOnTheWire(code)) {
      this.#broken('close code not allowed');
    } else if (!isUtf8(reason)) {
      this.#fail(CloseCode.invalidPayload, 'close reason is not UTF-8');
    } else {
      this.#end = { kind: 'closed', code, reason: reason.toString('utf8') };
    }
  }

  #broken(reason: string): false {
    return this.#fail(CloseCode.protocolError, reason);
  }

  #fail(code: CloseCode, reason: string): false {
    this.#end = { kind: 'failed', code, reason };
    return false;
  }
}
