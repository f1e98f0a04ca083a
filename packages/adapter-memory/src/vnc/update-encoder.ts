import { constants, deflateSync } from 'node:zlib';
import {
  type Cursor,
  Encoding,
  type PixelFormat,
  rawRectangle,
  TIGHT_MAX_WIDTH,
  tightRectangle,
} from '@remote-consoles/rfb';
import { type Area, intersection, isEmpty } from '../picture/area.js';

/** Fast rather than small: it shares a process with the gateway. */
const LEVEL = 2;

const deflate = (bytes: Uint8Array): Uint8Array =>
  deflateSync(bytes, { level: LEVEL, finishFlush: constants.Z_SYNC_FLUSH });

/** The rectangles of an area in the best encoding that the viewer knows: Tight, else Raw. */
export function encodeArea(
  area: Area,
  pixels: (area: Area) => Uint32Array,
  viewer: { readonly pixelFormat: PixelFormat; readonly encodings: ReadonlySet<number> },
): readonly Uint8Array[] {
  if (!viewer.encodings.has(Encoding.tight)) return [rawRectangle(area, viewer.pixelFormat, pixels(area))];
  const rectangles: Uint8Array[] = [];
  for (let x = 0; x < area.width; x += TIGHT_MAX_WIDTH) {
    const part = { ...area, x: area.x + x, width: Math.min(TIGHT_MAX_WIDTH, area.width - x) };
    rectangles.push(tightRectangle(part, viewer.pixelFormat, pixels(part), deflate));
  }
  return rectangles;
}

/** Draws the mouse pointer into pixels, for a viewer that draws none itself. */
export function drawPointer(
  pixels: Uint32Array,
  area: Area,
  pointer: { readonly x: number; readonly y: number },
  shape: Cursor,
): void {
  const place = pointerArea(pointer, shape);
  const seen = intersection(place, area);
  if (isEmpty(seen)) return;
  for (let y = seen.y; y < seen.y + seen.height; y++) {
    for (let x = seen.x; x < seen.x + seen.width; x++) {
      const from = (y - place.y) * shape.width + (x - place.x);
      if (shape.mask[from] !== 0) pixels[(y - area.y) * area.width + (x - area.x)] = shape.colours[from] ?? 0;
    }
  }
}

/** What the pointer covers. */
export function pointerArea(pointer: { readonly x: number; readonly y: number }, shape: Cursor): Area {
  return {
    x: pointer.x - shape.hotspotX,
    y: pointer.y - shape.hotspotY,
    width: shape.width,
    height: shape.height,
  };
}
