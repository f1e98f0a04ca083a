/** X11 keysyms of keys without a character (X11/keysymdef.h). */
export const Keysym = {
  BackSpace: 0xff08,
  Tab: 0xff09,
  Return: 0xff0d,
  Escape: 0xff1b,
  Print: 0xff61,
  F1: 0xffbe,
  ShiftLeft: 0xffe1,
  ControlLeft: 0xffe3,
  AltLeft: 0xffe9,
  SuperLeft: 0xffeb,
  AltGr: 0xfe03,
  Delete: 0xffff,
} as const;

/**
 * The keysym that means a character: Latin-1 characters are their own (RFC 6143 §7.5.4), other Unicode characters are
 * 0x01000000 plus the code point, a line feed is the Return key and a tab the Tab key. Undefined for what no key types.
 */
export function keysymOf(character: string): number | undefined {
  const code = character.codePointAt(0);
  if (code === undefined) return undefined;
  if (code === 0x0a) return Keysym.Return;
  if (code === 0x09) return Keysym.Tab;
  if (code < 0x20 || (code > 0x7e && code < 0xa0) || (code >= 0xd800 && code <= 0xdfff)) return undefined;
  return code <= 0xff ? code : 0x01000000 | code;
}
