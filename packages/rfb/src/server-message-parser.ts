import { SCREEN_LENGTH } from './desktop-screen.js';
import { Encoding } from './encoding.js';
import { COUNTED_BY_LAST_RECT } from './framebuffer-update.js';
import { InputBuffer } from './input-buffer.js';
import type { PixelFormat } from './pixel-format.js';
import { RfbError } from './rfb-error.js';
import { type ServerMessage, ServerMessageType } from './server-message.js';
import { tightDataLength } from './tight-data-length.js';

/** Limits of {@link ServerMessageParser}. */
export interface ServerMessageParserOptions {
  /** The format that the server sends in. */
  readonly pixelFormat: PixelFormat;
  /** Longest single rectangle or text, in bytes. Default 32 MiB. */
  readonly maxBytes?: number;
}

type RectangleHead = Omit<Extract<ServerMessage, { type: 'rectangle' }>, 'data'>;

const RECTANGLE_HEAD = 12;
const MAX_FENCE_PAYLOAD = 64;
const PIECE = 64 * 1024;

/**
 * Reads server messages from bytes cut anywhere. Knows Raw, CopyRect, Tight, ZRLE and the pseudo-encodings of
 * `Encoding`; another one ends the connection, as its length is unknown.
 */
export class ServerMessageParser {
  readonly #maxBytes: number;
  readonly #input: InputBuffer;
  /** Changes with SetPixelFormat. */
  pixelFormat: PixelFormat;
  #rectanglesLeft = 0;

  constructor({ pixelFormat, maxBytes = 32 * 1024 * 1024 }: ServerMessageParserOptions) {
    this.pixelFormat = pixelFormat;
    this.#maxBytes = maxBytes;
    this.#input = new InputBuffer(maxBytes + PIECE);
  }

  /** The messages that these bytes complete. Throws `malformed`, `too-long`; nothing can be read after that. */
  receive(bytes: Uint8Array): readonly ServerMessage[] {
    const messages: ServerMessage[] = [];
    for (let at = 0; at < bytes.length; at += PIECE) {
      this.#input.push(bytes.subarray(at, at + PIECE));
      for (let message = this.#next(); message; message = this.#next()) messages.push(message);
    }
    return messages;
  }

  #next(): ServerMessage | undefined {
    if (this.#rectanglesLeft > 0) return this.#nextRectangle();
    const input = this.#input;
    if (input.length < 1) return undefined;
    const type = input.peekU8();
    const length = this.#lengthOf(type);
    if (length === undefined || input.length < length) return undefined;
    input.skip(1);
    return this.#read(type);
  }

  #lengthOf(type: number): number | undefined {
    const input = this.#input;
    switch (type) {
      case ServerMessageType.framebufferUpdate:
        return 4;
      case ServerMessageType.bell:
      case ServerMessageType.endOfContinuousUpdates:
        return 1;
      case ServerMessageType.serverCutText:
        return input.length < 8 ? undefined : this.#bounded(8 + input.peekU32(4));
      case ServerMessageType.serverFence: {
        if (input.length < 9) return undefined;
        const size = input.peekU8(8);
        if (size > MAX_FENCE_PAYLOAD) throw new RfbError('too-long', `server sent a fence of ${size} bytes`);
        return 9 + size;
      }
      default:
        throw new RfbError('malformed', `server sent an unknown message type ${type}`);
    }
  }

  /** Reads what follows the type; all of it is there. */
  #read(type: number): ServerMessage {
    const input = this.#input;
    switch (type) {
      case ServerMessageType.framebufferUpdate:
        input.skip(1);
        this.#rectanglesLeft = input.readU16();
        return { type: 'framebuffer-update', rectangles: this.#rectanglesLeft };
      case ServerMessageType.bell:
        return { type: 'bell' };
      case ServerMessageType.endOfContinuousUpdates:
        return { type: 'end-of-continuous-updates' };
      case ServerMessageType.serverCutText:
        input.skip(3);
        return { type: 'server-cut-text', text: input.readBytes(input.readU32()) };
      default: {
        input.skip(3);
        const flags = input.readU32();
        return { type: 'server-fence', flags, payload: input.readBytes(input.readU8()) };
      }
    }
  }

  #nextRectangle(): ServerMessage | undefined {
    const input = this.#input;
    if (input.length < RECTANGLE_HEAD) return undefined;
    const head: RectangleHead = {
      type: 'rectangle',
      x: input.peekU16(0),
      y: input.peekU16(2),
      width: input.peekU16(4),
      height: input.peekU16(6),
      encoding: input.peekU32(8) | 0,
    };
    const length = this.#dataLength(head);
    if (length === undefined || input.length < RECTANGLE_HEAD + this.#bounded(length)) return undefined;
    input.skip(RECTANGLE_HEAD);
    const last = head.encoding === Encoding.lastRect;
    if (last) this.#rectanglesLeft = 0;
    else if (this.#rectanglesLeft !== COUNTED_BY_LAST_RECT) this.#rectanglesLeft -= 1;
    return { ...head, data: input.readBytes(length) };
  }

  /** Length of the rectangle's data, or undefined until the field that tells it is there. */
  #dataLength({ encoding, width, height }: RectangleHead): number | undefined {
    const input = this.#input;
    const pixelBytes = this.pixelFormat.bitsPerPixel / 8;
    switch (encoding) {
      case Encoding.raw:
        return width * height * pixelBytes;
      case Encoding.copyRect:
        return 4;
      case Encoding.tight:
        return tightDataLength(input, RECTANGLE_HEAD, width, height, this.pixelFormat);
      case Encoding.zrle:
      case Encoding.desktopName:
        return input.length < RECTANGLE_HEAD + 4 ? undefined : 4 + input.peekU32(RECTANGLE_HEAD);
      case Encoding.cursor:
        return width * height * pixelBytes + Math.ceil(width / 8) * height;
      case Encoding.extendedDesktopSize: {
        const known = input.length > RECTANGLE_HEAD;
        return known ? 4 + input.peekU8(RECTANGLE_HEAD) * SCREEN_LENGTH : undefined;
      }
      case Encoding.desktopSize:
      case Encoding.lastRect:
      case Encoding.qemuExtendedKeyEvent:
      case Encoding.extendedMouseButtons:
        return 0;
      default:
        throw new RfbError('malformed', `server sent an unknown encoding ${encoding}`);
    }
  }

  #bounded(length: number): number {
    if (length + RECTANGLE_HEAD <= this.#maxBytes) return length;
    throw new RfbError('too-long', `server sent ${length} bytes in one piece, more than ${this.#maxBytes}`);
  }
}
