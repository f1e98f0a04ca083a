import { Keysym } from './keysym.js';

/** A key as a machine needs it: the keysym, and the position that QEMU's extended key events send instead. */
export interface Key {
  readonly keysym: number;
  /** `KeyboardEvent.code` of the position; undefined where only the keysym is meant. */
  readonly code: string | undefined;
}

/** What presses and releases keys on the machine. */
export type SendKey = (key: Key, down: boolean) => void;

export const MODIFIERS = {
  Ctrl: { keysym: Keysym.ControlLeft, code: 'ControlLeft' },
  Alt: { keysym: Keysym.AltLeft, code: 'AltLeft' },
  Shift: { keysym: Keysym.ShiftLeft, code: 'ShiftLeft' },
  Super: { keysym: Keysym.SuperLeft, code: 'MetaLeft' },
  AltGr: { keysym: Keysym.AltGr, code: 'AltRight' },
} as const satisfies Record<string, Key>;

export type Modifier = keyof typeof MODIFIERS;

export const KEYS = {
  Esc: { keysym: Keysym.Escape, code: 'Escape' },
  Tab: { keysym: Keysym.Tab, code: 'Tab' },
  'Print screen': { keysym: Keysym.Print, code: 'PrintScreen' },
  Delete: { keysym: Keysym.Delete, code: 'Delete' },
} as const satisfies Record<string, Key>;

/** @param number 1 to 12 */
export function functionKey(number: number): Key {
  return { keysym: Keysym.F1 + number - 1, code: `F${number}` };
}

/** Presses the modifiers in order, strikes the key, and lets go in the opposite order. */
export function strike(send: SendKey, key: Key, modifiers: readonly Modifier[] = []): void {
  for (const modifier of modifiers) send(MODIFIERS[modifier], true);
  send(key, true);
  send(key, false);
  for (const modifier of modifiers.toReversed()) send(MODIFIERS[modifier], false);
}
