const SMALLEST = 200;
const LARGEST = 8192;
// Rows of a bitmap are padded to four pixels: none of that to get wrong.
const STEP = 4;

/** The size that a window's desktop can have (MS-RDPEDISP §2.2.2.2.1: 200 to 8192, an even width). */
export function desktopSize(
  width: number,
  height: number,
): { readonly width: number; readonly height: number } {
  return { width: between(width - (width % STEP)), height: between(Math.floor(height)) };
}

function between(pixels: number): number {
  return Math.max(SMALLEST, Math.min(LARGEST, pixels));
}
