import type { Duplex } from 'node:stream';
import {
  announcementRectangle,
  BGRX,
  type ClientMessage,
  ClientMessageParser,
  cursorRectangle,
  DesktopSizeReason,
  DesktopSizeStatus,
  desktopSizeRectangle,
  Encoding,
  encodeFramebufferUpdate,
  extendedDesktopSizeRectangle,
  type PixelFormat,
} from '@remote-consoles/rfb';
import type { Area } from '../picture/area.js';
import { intersection, isEmpty } from '../picture/area.js';
import type { ScreenSize } from '../screen/machine-screen.js';
import { pointerShape } from '../screen/pointer-shape.js';
import { DamageGrid } from './damage-grid.js';
import type { Display, DisplayViewer } from './display.js';
import { drawPointer, encodeArea, pointerArea } from './update-encoder.js';

const MAX_CUT_TEXT = 64 * 1024;
/** A viewer with this much unread, in bytes, gets no further picture until it has read. */
const MAX_UNREAD = 256 * 1024;

/** One VNC client after the handshake. It is sent a picture only when it asked, and only when it reads. */
export class VncViewer implements DisplayViewer {
  readonly #stream: Duplex;
  readonly #display: Display;
  readonly #parser = new ClientMessageParser({ maxCutTextBytes: MAX_CUT_TEXT });
  #pixelFormat: PixelFormat = BGRX;
  #encodings: ReadonlySet<number> = new Set();
  /** The size that the client knows. */
  #size: ScreenSize;
  #damage: DamageGrid;
  #request: { readonly area: Area } | undefined;
  /** Rectangles that are not pixels and have to go out, by encoding: one of each, however often there is a new one. */
  #notices = new Map<number, Uint8Array>();
  #drawnPointer: Area | undefined;

  constructor(stream: Duplex, display: Display) {
    this.#stream = stream;
    this.#display = display;
    this.#size = { width: display.screen.width, height: display.screen.height };
    this.#damage = this.#fullDamage();
    stream.on('drain', () => this.#display.asked(this));
  }

  get waiting(): boolean {
    return this.#request !== undefined && this.#hasRoom;
  }

  /** Takes bytes of the client. Throws RfbError; the connection is of no use after that. */
  receive(bytes: Uint8Array): void {
    for (const message of this.#parser.receive(bytes)) this.#obey(message);
  }

  damaged(areas: readonly Area[]): void {
    for (const area of areas) this.#damage.add(area);
    this.#followPointer();
  }

  resized(by: DisplayViewer): void {
    const reason = by === this ? DesktopSizeReason.thisClient : DesktopSizeReason.otherClient;
    if (this.#encodings.has(Encoding.extendedDesktopSize)) {
      this.#noteSize(reason, DesktopSizeStatus.ok);
    } else if (this.#encodings.has(Encoding.desktopSize)) {
      const { width, height } = this.#display.screen;
      this.#notices.set(Encoding.desktopSize, desktopSizeRectangle(width, height));
    } else {
      this.#damage = this.#fullDamage();
      return;
    }
    this.#size = { width: this.#display.screen.width, height: this.#display.screen.height };
    this.#damage = this.#fullDamage();
  }

  update(): void {
    const request = this.#request;
    if (!request || !this.#hasRoom) return;
    const rectangles = this.#takeNotices() ?? this.#encodeDamage(request.area);
    if (rectangles.length === 0) return;
    this.#request = undefined;
    this.#stream.write(encodeFramebufferUpdate(rectangles));
  }

  /** Notices travel alone: clients do not agree on what pixels beside a new size belong to. */
  #takeNotices(): readonly Uint8Array[] | undefined {
    if (this.#notices.size === 0) return undefined;
    const notices = [...this.#notices.values()];
    this.#notices.clear();
    return notices;
  }

  #encodeDamage(wanted: Area): readonly Uint8Array[] {
    const look = { pixelFormat: this.#pixelFormat, encodings: this.#encodings };
    return this.#takeDamage(wanted).flatMap((area) => encodeArea(area, (part) => this.#pixels(part), look));
  }

  get #hasRoom(): boolean {
    return this.#stream.writableLength < MAX_UNREAD;
  }

  #obey(message: ClientMessage): void {
    const { screen } = this.#display;
    switch (message.type) {
      case 'set-pixel-format':
        this.#setPixelFormat(message.pixelFormat);
        break;
      case 'set-encodings':
        this.#setEncodings(new Set(message.encodings));
        break;
      case 'framebuffer-update-request':
        this.#ask(message, message.incremental);
        break;
      case 'key-event':
      case 'qemu-key-event':
        screen.key(message.keysym, message.down);
        this.#display.touch();
        break;
      case 'pointer-event':
        screen.point(message.x, message.y, message.buttons);
        this.#display.touch();
        break;
      case 'set-desktop-size':
        this.#resize(message);
        break;
      default:
        // Clipboard, fences, power and continuous updates: nothing of a machine that this one has not.
        break;
    }
  }

  /** Who asks for everything is told the size too (rfbproto, "ExtendedDesktopSize"). */
  #ask(area: Area, incremental: boolean): void {
    const { extendedDesktopSize } = Encoding;
    if (!incremental) {
      this.#damage.add(area);
      const sizeIsDue = this.#encodings.has(extendedDesktopSize) && !this.#notices.has(extendedDesktopSize);
      if (sizeIsDue) this.#noteSize(DesktopSizeReason.server, DesktopSizeStatus.ok);
    }
    this.#request = { area };
    this.#display.asked(this);
  }

  #setPixelFormat(format: PixelFormat): void {
    if (!format.trueColour) throw new Error('client wants a colour map, which this screen has not');
    this.#pixelFormat = format;
    if (this.#encodings.has(Encoding.cursor)) this.#noteCursor();
  }

  #setEncodings(encodings: ReadonlySet<number>): void {
    const before = this.#encodings;
    const isNew = (encoding: number) => encodings.has(encoding) && !before.has(encoding);
    this.#encodings = encodings;
    if (isNew(Encoding.cursor)) this.#noteCursor();
    if (isNew(Encoding.qemuExtendedKeyEvent)) {
      const announcement = announcementRectangle(Encoding.qemuExtendedKeyEvent);
      this.#notices.set(Encoding.qemuExtendedKeyEvent, announcement);
    }
    if (isNew(Encoding.extendedDesktopSize)) this.#noteSize(DesktopSizeReason.server, DesktopSizeStatus.ok);
  }

  #resize(size: ScreenSize): void {
    if (!this.#encodings.has(Encoding.extendedDesktopSize))
      throw new Error('client was not told that it may resize');
    if (this.#display.resize(size, this)) return;
    this.#noteSize(DesktopSizeReason.thisClient, DesktopSizeStatus.invalidLayout);
    this.#display.asked(this);
  }

  #noteCursor(): void {
    this.#notices.set(Encoding.cursor, cursorRectangle(pointerShape, this.#pixelFormat));
  }

  #noteSize(reason: number, status: number): void {
    const { width, height } = this.#display.screen;
    const screens = [{ id: 1, x: 0, y: 0, width, height, flags: 0 }];
    const size = extendedDesktopSizeRectangle({ width, height, screens }, reason, status);
    this.#notices.set(Encoding.extendedDesktopSize, size);
  }

  /** What is damaged, asked for and inside both the screen and what the client takes for it. */
  #takeDamage(wanted: Area): readonly Area[] {
    const { width, height } = this.#display.screen;
    const known = {
      x: 0,
      y: 0,
      width: Math.min(width, this.#size.width),
      height: Math.min(height, this.#size.height),
    };
    return this.#damage
      .take(wanted)
      .map((area) => intersection(area, known))
      .filter((area) => !isEmpty(area));
  }

  #pixels(area: Area): Uint32Array {
    const pixels = this.#display.screen.pixels(area);
    if (this.#drawnPointer) drawPointer(pixels, area, this.#display.screen.pointer, pointerShape);
    return pixels;
  }

  /** A client that draws no pointer itself gets it as part of the picture. */
  #followPointer(): void {
    const before = this.#drawnPointer;
    const now = this.#encodings.has(Encoding.cursor)
      ? undefined
      : pointerArea(this.#display.screen.pointer, pointerShape);
    if (before?.x === now?.x && before?.y === now?.y) return;
    if (before) this.#damage.add(before);
    if (now) this.#damage.add(now);
    this.#drawnPointer = now;
  }

  #fullDamage(): DamageGrid {
    const { width, height } = this.#display.screen;
    const damage = new DamageGrid(width, height);
    damage.add({ x: 0, y: 0, width, height });
    return damage;
  }
}
