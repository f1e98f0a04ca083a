/** X11 keysyms of keys that are no characters, and what a terminal sends for them. */
const KEYS: ReadonlyMap<number, string> = new Map([
  [0xff08, '\u007f'],
  [0xff09, '\t'],
  [0xff0d, '\r'],
  [0xff1b, '\u001b'],
  [0xff51, '\u001b[D'],
  [0xff52, '\u001b[A'],
  [0xff53, '\u001b[C'],
  [0xff54, '\u001b[B'],
  [0xff8d, '\r'],
  [0xffff, '\u001b[3~'],
]);

const CONTROL_KEYS: ReadonlySet<number> = new Set([0xffe3, 0xffe4]);
/** Keypad: multiply, add, separator, subtract, decimal, divide and the digits, in keysym order. */
const KEYPAD_FIRST = 0xffaa;
const KEYPAD = '*+,-./0123456789';

/** Turns X11 keysyms, as VNC sends them, into the bytes that a terminal would send. */
export class Keyboard {
  readonly #encoder = new TextEncoder();
  #controls = new Set<number>();

  /** The bytes of a key that went down or up; none for keys that only change others. */
  press(keysym: number, down: boolean): Uint8Array {
    if (CONTROL_KEYS.has(keysym)) {
      if (down) this.#controls.add(keysym);
      else this.#controls.delete(keysym);
    }
    return this.#encoder.encode(down ? this.#textOf(keysym) : '');
  }

  #textOf(keysym: number): string {
    const text = KEYS.get(keysym) ?? characterOf(keysym);
    if (this.#controls.size === 0 || text.length !== 1) return text;
    const code = text.toUpperCase().charCodeAt(0);
    return code >= 0x40 && code <= 0x5f ? String.fromCharCode(code & 0x1f) : '';
  }
}

/** Latin-1 keysyms are their characters; others are 0x01000000 and the code point (X11, "KEYSYM Encoding"). */
function characterOf(keysym: number): string {
  if ((keysym >= 0x20 && keysym <= 0x7e) || (keysym >= 0xa0 && keysym <= 0xff))
    return String.fromCharCode(keysym);
  const keypad = KEYPAD[keysym - KEYPAD_FIRST];
  if (keypad !== undefined) return keypad;
  const codePoint = keysym - 0x01000000;
  return codePoint >= 0x100 && codePoint <= 0x10ffff && !isSurrogate(codePoint)
    ? String.fromCodePoint(codePoint)
    : '';
}

function isSurrogate(codePoint: number): boolean {
  return codePoint >= 0xd800 && codePoint <= 0xdfff;
}
