import type { Area } from './client-message.js';
import { type DesktopScreen, encodeScreens } from './desktop-screen.js';
import { Encoding } from './encoding.js';
import { encodeString } from './peer-text.js';
import { encodePixels, type PixelFormat } from './pixel-format.js';
import { MAX_NAME_BYTES } from './server-init.js';
import { type Deflate, encodeTight } from './tight.js';

/** Rectangle count of an update that ends with {@link lastRectangle} instead. */
export const COUNTED_BY_LAST_RECT = 0xffff;

/** Why a desktop has a new size (rfbproto, "ExtendedDesktopSize"). */
export const DesktopSizeReason = { server: 0, thisClient: 1, otherClient: 2 } as const;

/** What became of a SetDesktopSize (rfbproto, "ExtendedDesktopSize"). */
export const DesktopSizeStatus = { ok: 0, prohibited: 1, outOfResources: 2, invalidLayout: 3 } as const;

/** A mouse pointer: `mask` has one entry a pixel, not 0 where the pixel is seen. */
export interface Cursor {
  readonly width: number;
  readonly height: number;
  readonly hotspotX: number;
  readonly hotspotY: number;
  /** 0xRRGGBB. */
  readonly colours: Uint32Array;
  readonly mask: Uint8Array;
}

/** A FramebufferUpdate of these rectangles, as the functions below make them (RFC 6143 §7.6.1). */
export function encodeFramebufferUpdate(rectangles: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(rectangles.reduce((sum, rectangle) => sum + rectangle.length, 4));
  new DataView(bytes.buffer).setUint16(2, rectangles.length);
  let at = 4;
  for (const rectangle of rectangles) {
    bytes.set(rectangle, at);
    at += rectangle.length;
  }
  return bytes;
}

/** Pixels of 0xRRGGBB, row by row, as they are (RFC 6143 §7.7.1). */
export function rawRectangle(area: Area, format: PixelFormat, colours: Uint32Array): Uint8Array {
  return rectangle(area, Encoding.raw, encodePixels(format, colours));
}

/** Pixels of 0xRRGGBB, row by row, compressed; at most 2048 pixels wide. */
export function tightRectangle(
  area: Area,
  format: PixelFormat,
  colours: Uint32Array,
  deflate: Deflate,
): Uint8Array {
  return rectangle(area, Encoding.tight, encodeTight(format, colours, area.width, deflate));
}

/** The desktop has another size, for clients that know no more (RFC 6143 §7.8.2). */
export function desktopSizeRectangle(width: number, height: number): Uint8Array {
  return rectangle({ x: 0, y: 0, width, height }, Encoding.desktopSize);
}

/** The desktop has this size and layout, and why. */
export function extendedDesktopSizeRectangle(
  size: { readonly width: number; readonly height: number; readonly screens: readonly DesktopScreen[] },
  reason: number,
  status: number,
): Uint8Array {
  const screens = encodeScreens(size.screens);
  const data = new Uint8Array(4 + screens.length);
  data[0] = size.screens.length;
  data.set(screens, 4);
  return rectangle(
    { x: reason, y: status, width: size.width, height: size.height },
    Encoding.extendedDesktopSize,
    data,
  );
}

/** The desktop has another name. */
export function desktopNameRectangle(name: string): Uint8Array {
  const text = new TextEncoder().encode(name).subarray(0, MAX_NAME_BYTES);
  return rectangle({ x: 0, y: 0, width: 0, height: 0 }, Encoding.desktopName, encodeString(text));
}

/** The mouse pointer that the client draws itself (RFC 6143 §7.8.1). */
export function cursorRectangle(cursor: Cursor, format: PixelFormat): Uint8Array {
  const pixels = encodePixels(format, cursor.colours);
  const rowBytes = Math.ceil(cursor.width / 8);
  const data = new Uint8Array(pixels.length + rowBytes * cursor.height);
  data.set(pixels);
  cursor.mask.forEach((seen, i) => {
    const x = i % cursor.width;
    const at = pixels.length + Math.floor(i / cursor.width) * rowBytes + (x >> 3);
    if (seen !== 0) data[at] = (data[at] ?? 0) | (0x80 >> (x & 7));
  });
  const area = { x: cursor.hotspotX, y: cursor.hotspotY, width: cursor.width, height: cursor.height };
  return rectangle(area, Encoding.cursor, data);
}

/** Tells that the server understands an extension that has no data of its own, such as QEMU's key events. */
export function announcementRectangle(encoding: number): Uint8Array {
  return rectangle({ x: 0, y: 0, width: 0, height: 0 }, encoding);
}

/** Ends an update whose count is {@link COUNTED_BY_LAST_RECT}. */
export function lastRectangle(): Uint8Array {
  return announcementRectangle(Encoding.lastRect);
}

function rectangle({ x, y, width, height }: Area, encoding: number, data?: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + (data?.length ?? 0));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, x);
  view.setUint16(2, y);
  view.setUint16(4, width);
  view.setUint16(6, height);
  view.setInt32(8, encoding);
  if (data) bytes.set(data, 12);
  return bytes;
}
