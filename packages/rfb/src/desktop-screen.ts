import type { InputBuffer } from './input-buffer.js';

/** One SCREEN of a desktop's layout (rfbproto, "SetDesktopSize"). Pixels. */
export interface DesktopScreen {
  readonly id: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly flags: number;
}

/** Length of SCREEN in bytes. */
export const SCREEN_LENGTH = 16;

export function encodeScreens(screens: readonly DesktopScreen[]): Uint8Array {
  const bytes = new Uint8Array(SCREEN_LENGTH * screens.length);
  const view = new DataView(bytes.buffer);
  screens.forEach((screen, i) => {
    const at = i * SCREEN_LENGTH;
    view.setUint32(at, screen.id);
    view.setUint16(at + 4, screen.x);
    view.setUint16(at + 6, screen.y);
    view.setUint16(at + 8, screen.width);
    view.setUint16(at + 10, screen.height);
    view.setUint32(at + 12, screen.flags);
  });
  return bytes;
}

/** Reads `count` SCREENs that are there. */
export function readScreens(input: InputBuffer, count: number): readonly DesktopScreen[] {
  return Array.from({ length: count }, () => ({
    id: input.readU32(),
    x: input.readU16(),
    y: input.readU16(),
    width: input.readU16(),
    height: input.readU16(),
    flags: input.readU32(),
  }));
}
