/** Positions that a keyboard of set 1 reports with one byte, in the order of their numbers. `-`: nothing there. */
const PLAIN =
  '- Escape Digit1 Digit2 Digit3 Digit4 Digit5 Digit6 Digit7 Digit8 Digit9 Digit0 Minus Equal Backspace Tab ' +
  'KeyQ KeyW KeyE KeyR KeyT KeyY KeyU KeyI KeyO KeyP BracketLeft BracketRight Enter ControlLeft ' +
  'KeyA KeyS KeyD KeyF KeyG KeyH KeyJ KeyK KeyL Semicolon Quote Backquote ShiftLeft Backslash ' +
  'KeyZ KeyX KeyC KeyV KeyB KeyN KeyM Comma Period Slash ShiftRight NumpadMultiply AltLeft Space CapsLock ' +
  'F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 NumLock ScrollLock Numpad7 Numpad8 Numpad9 NumpadSubtract ' +
  'Numpad4 Numpad5 Numpad6 NumpadAdd Numpad1 Numpad2 Numpad3 Numpad0 NumpadDecimal - - IntlBackslash F11 F12';

/** Positions that are reported with 0xE0 in front. */
const EXTENDED: Readonly<Record<string, number>> = {
  NumpadEnter: 0x1c,
  ControlRight: 0x1d,
  NumpadDivide: 0x35,
  PrintScreen: 0x37,
  AltRight: 0x38,
  Pause: 0x46,
  Home: 0x47,
  ArrowUp: 0x48,
  PageUp: 0x49,
  ArrowLeft: 0x4b,
  ArrowRight: 0x4d,
  End: 0x4f,
  ArrowDown: 0x50,
  PageDown: 0x51,
  Insert: 0x52,
  Delete: 0x53,
  MetaLeft: 0x5b,
  MetaRight: 0x5c,
  ContextMenu: 0x5d,
};

/** Keys of Japanese keyboards. */
const JAPANESE: Readonly<Record<string, number>> = {
  KanaMode: 0x70,
  IntlRo: 0x73,
  Convert: 0x79,
  NonConvert: 0x7b,
  IntlYen: 0x7d,
};

const EXTENSION = 0xe000;

const SCANCODES: ReadonlyMap<string, number> = new Map([
  ...PLAIN.split(' ')
    .map((code, scancode) => [code, scancode] as const)
    .filter(([code]) => code !== '-'),
  ...Object.entries(JAPANESE),
  ...Object.entries(EXTENDED).map(([code, scancode]) => [code, EXTENSION | scancode] as const),
]);

/**
 * The scancode, set 1, of a key that goes down: one byte, or 0xE000 and one byte. Undefined for a position that no PC
 * keyboard has.
 *
 * @param code `KeyboardEvent.code`
 */
export function scancode(code: string): number | undefined {
  return SCANCODES.get(code);
}
