import type { RgbPicture } from '@remote-consoles/png';
import type { Picture } from './picture.js';

/** The picture with three bytes for each pixel. */
export function toRgb({ width, height, pixels }: Picture): RgbPicture {
  const rgb = Buffer.alloc(pixels.length * 3);
  let at = 0;
  for (const pixel of pixels) at = rgb.writeUIntBE(pixel, at, 3);
  return { width, height, rgb };
}
