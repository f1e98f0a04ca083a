import { scancode } from '../keyboard/scancode.js';

const RELEASED = 0x80;

/**
 * A key as a SPICE server takes it: scancode set 1, one byte or two, lowest first. Undefined for a position that no PC
 * keyboard has.
 *
 * @param code `KeyboardEvent.code`
 */
export function spiceScancode(code: string, down: boolean): number | undefined {
  const pressed = scancode(code);
  if (pressed === undefined) return undefined;
  const key = (pressed & 0xff) | (down ? 0 : RELEASED);
  return pressed > 0xff ? (pressed >> 8) | (key << 8) : key;
}
