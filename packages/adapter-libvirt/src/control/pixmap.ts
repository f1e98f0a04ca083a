import type { RgbPicture } from '@remote-consoles/png';

const LARGEST_SIDE = 32_768;

/**
 * Reads a binary pixmap (PPM, `P6`, 8 bits), which is what QEMU before 7.1 makes of a screen.
 *
 * @throws Error where it is none
 */
export function parsePixmap(pixmap: Uint8Array): RgbPicture {
  const head = Buffer.from(pixmap.subarray(0, 100)).toString('latin1');
  const match = /^P6\s+(\d{1,5})\s+(\d{1,5})\s+255\s/.exec(head);
  const [width, height] = [Number(match?.[1]), Number(match?.[2])];
  const rgb = pixmap.subarray(match?.[0].length ?? pixmap.length);
  if (
    rgb.length === 0 ||
    width > LARGEST_SIDE ||
    height > LARGEST_SIDE ||
    rgb.length !== width * height * 3
  ) {
    throw new Error('the screenshot is no pixmap');
  }
  return { width, height, rgb };
}
