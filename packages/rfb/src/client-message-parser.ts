import {
  type Area,
  type ClientMessage,
  ClientMessageType,
  EXTENDED_BUTTONS_MARKER,
} from './client-message.js';
import { readScreens, SCREEN_LENGTH } from './desktop-screen.js';
import { InputBuffer } from './input-buffer.js';
import { readPixelFormat } from './pixel-format.js';
import { RfbError } from './rfb-error.js';

/** Limits of {@link ClientMessageParser}. */
export interface ClientMessageParserOptions {
  /** Longest clipboard text, in bytes. Default 1 MiB. */
  readonly maxCutTextBytes?: number;
}

const MAX_ENCODINGS = 1024;
const MAX_FENCE_PAYLOAD = 64;
const LONGEST_OTHER_MESSAGE = 8 + 255 * SCREEN_LENGTH;
const PIECE = 16 * 1024;

/** Reads client messages from bytes cut anywhere. An unknown message ends the connection: its length is unknown too. */
export class ClientMessageParser {
  readonly #maxCutText: number;
  readonly #input: InputBuffer;
  /** Whether the client may send a second button byte: it does so once the server said that it understands. */
  extendedMouseButtons = false;

  constructor({ maxCutTextBytes = 1024 * 1024 }: ClientMessageParserOptions = {}) {
    this.#maxCutText = maxCutTextBytes;
    this.#input = new InputBuffer(Math.max(12 + maxCutTextBytes, LONGEST_OTHER_MESSAGE) + PIECE);
  }

  /** The messages that these bytes complete. Throws `malformed`, `too-long`; nothing can be read after that. */
  receive(bytes: Uint8Array): readonly ClientMessage[] {
    const messages: ClientMessage[] = [];
    for (let at = 0; at < bytes.length; at += PIECE) {
      this.#input.push(bytes.subarray(at, at + PIECE));
      for (let message = this.#next(); message; message = this.#next()) messages.push(message);
    }
    return messages;
  }

  #next(): ClientMessage | undefined {
    const input = this.#input;
    if (input.length < 1) return undefined;
    const type = input.peekU8();
    const length = this.#lengthOf(type);
    if (length === undefined || input.length < length) return undefined;
    input.skip(1);
    return this.#read(type);
  }

  /** Length of the message in bytes, or undefined until the field that tells it is there. */
  #lengthOf(type: number): number | undefined {
    switch (type) {
      case ClientMessageType.setPixelFormat:
        return 20;
      case ClientMessageType.framebufferUpdateRequest:
      case ClientMessageType.enableContinuousUpdates:
        return 10;
      case ClientMessageType.keyEvent:
        return 8;
      case ClientMessageType.pointerEvent:
        return this.#pointerEventLength();
      case ClientMessageType.xvp:
        return 4;
      case ClientMessageType.setEncodings:
        return this.#counted(2, 2, 4, 4, MAX_ENCODINGS);
      case ClientMessageType.clientFence:
        return this.#counted(8, 1, 9, 1, MAX_FENCE_PAYLOAD);
      case ClientMessageType.setDesktopSize:
        return this.#counted(6, 1, 8, SCREEN_LENGTH, 255);
      case ClientMessageType.clientCutText:
        return this.#cutTextLength();
      case ClientMessageType.qemu:
        return this.#qemuLength();
      default:
        throw new RfbError('malformed', `client sent an unknown message type ${type}`);
    }
  }

  /** Length by a count field `at` of `size` bytes; refuses more than `most` before waiting for them. */
  #counted(at: number, size: 1 | 2, head: number, each: number, most: number): number | undefined {
    if (this.#input.length < at + size) return undefined;
    const count = size === 1 ? this.#input.peekU8(at) : this.#input.peekU16(at);
    if (count > most) throw new RfbError('too-long', `client sent a list of ${count}, more than ${most}`);
    return head + each * count;
  }

  #pointerEventLength(): number | undefined {
    if (this.#input.length < 2) return undefined;
    return this.#hasExtendedButtons(this.#input.peekU8(1)) ? 7 : 6;
  }

  #hasExtendedButtons(mask: number): boolean {
    return this.extendedMouseButtons && (mask & EXTENDED_BUTTONS_MARKER) !== 0;
  }

  #cutTextLength(): number | undefined {
    if (this.#input.length < 8) return undefined;
    const length = this.#input.peekU32(4) | 0;
    const size = Math.abs(length);
    if (size > this.#maxCutText) throw new RfbError('too-long', `client sent a clipboard of ${size} bytes`);
    if (length < 0 && size < 4)
      throw new RfbError('malformed', 'client sent an extended clipboard without flags');
    return 8 + size;
  }

  #qemuLength(): number | undefined {
    if (this.#input.length < 2) return undefined;
    const subtype = this.#input.peekU8(1);
    if (subtype !== 0) throw new RfbError('malformed', `client sent an unknown QEMU message ${subtype}`);
    return 12;
  }

  /** Reads what follows the type; all of it is there. */
  #read(type: number): ClientMessage {
    const input = this.#input;
    switch (type) {
      case ClientMessageType.setPixelFormat:
        input.skip(3);
        return { type: 'set-pixel-format', pixelFormat: readPixelFormat(input) };
      case ClientMessageType.setEncodings:
        input.skip(1);
        return { type: 'set-encodings', encodings: times(input.readU16(), () => input.readI32()) };
      case ClientMessageType.framebufferUpdateRequest:
        return { type: 'framebuffer-update-request', incremental: input.readU8() !== 0, ...readArea(input) };
      case ClientMessageType.enableContinuousUpdates:
        return { type: 'enable-continuous-updates', enable: input.readU8() !== 0, ...readArea(input) };
      case ClientMessageType.keyEvent: {
        const down = input.readU8() !== 0;
        input.skip(2);
        return { type: 'key-event', down, keysym: input.readU32() };
      }
      case ClientMessageType.pointerEvent:
        return this.#readPointerEvent();
      case ClientMessageType.clientCutText:
        input.skip(3);
        return readCutText(input);
      case ClientMessageType.clientFence: {
        input.skip(3);
        const flags = input.readU32();
        return { type: 'client-fence', flags, payload: input.readBytes(input.readU8()) };
      }
      case ClientMessageType.setDesktopSize:
        return readSetDesktopSize(input);
      case ClientMessageType.qemu: {
        input.skip(1);
        const down = input.readU16() !== 0;
        return { type: 'qemu-key-event', down, keysym: input.readU32(), keycode: input.readU32() };
      }
      default:
        input.skip(1);
        return { type: 'xvp', version: input.readU8(), operation: input.readU8() };
    }
  }

  #readPointerEvent(): ClientMessage {
    const mask = this.#input.readU8();
    const x = this.#input.readU16();
    const y = this.#input.readU16();
    if (!this.#hasExtendedButtons(mask)) return { type: 'pointer-event', buttons: mask, x, y };
    const buttons = (mask & ~EXTENDED_BUTTONS_MARKER) | (this.#input.readU8() << 7);
    return { type: 'pointer-event', buttons, x, y };
  }
}

function readCutText(input: InputBuffer): ClientMessage {
  const length = input.readI32();
  if (length >= 0) return { type: 'client-cut-text', text: input.readBytes(length) };
  const flags = input.readU32();
  return { type: 'extended-clipboard', flags, data: input.readBytes(-length - 4) };
}

function readSetDesktopSize(input: InputBuffer): ClientMessage {
  input.skip(1);
  const width = input.readU16();
  const height = input.readU16();
  const count = input.readU8();
  input.skip(1);
  return { type: 'set-desktop-size', width, height, screens: readScreens(input, count) };
}

function readArea(input: InputBuffer): Area {
  return { x: input.readU16(), y: input.readU16(), width: input.readU16(), height: input.readU16() };
}

function times(count: number, read: () => number): readonly number[] {
  return Array.from({ length: count }, read);
}
