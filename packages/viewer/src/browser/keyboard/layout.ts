import type { Key, Modifier } from './key-combination.js';
import { keysymOf } from './keysym.js';

/** One press of a key with the modifiers it needs. */
export interface Stroke {
  readonly key: Key;
  readonly modifiers: readonly Modifier[];
}

/** How to type a character on the keyboard that the machine believes it has. */
export interface KeyboardLayout {
  readonly name: string;
  /** The strokes of one character; undefined where this keyboard has none. */
  strokes(character: string): readonly Stroke[] | undefined;
}

const POSITIONS = [
  ...['Backquote', ...'1234567890'.split('').map((digit) => `Digit${digit}`), 'Minus', 'Equal'],
  ...[...'QWERTYUIOP'.split('').map((letter) => `Key${letter}`), 'BracketLeft', 'BracketRight', 'Backslash'],
  ...[...'ASDFGHJKL'.split('').map((letter) => `Key${letter}`), 'Semicolon', 'Quote'],
  ...['IntlBackslash', ...'ZXCVBNM'.split('').map((letter) => `Key${letter}`), 'Comma', 'Period', 'Slash'],
];

// Stands where a position types nothing, or nothing that is the same on Linux and on Windows.
const NOTHING = '□';

/** The characters of each position, row by row in the order of POSITIONS. */
interface Rows {
  readonly plain: string;
  readonly shift: string;
  readonly altGr?: string;
  /** Characters that are a dead key followed by the space bar. */
  readonly dead?: Readonly<
    Record<string, { readonly position: string; readonly modifiers: readonly Modifier[] }>
  >;
}

const SPACE: Stroke = { key: { keysym: 0x20, code: 'Space' }, modifiers: [] };

function layout(name: string, rows: Rows): KeyboardLayout {
  const strokes = new Map<string, readonly Stroke[]>([
    [' ', [SPACE]],
    ['\n', [special('\n', 'Enter')]],
    ['\t', [special('\t', 'Tab')]],
  ]);
  for (const [characters, modifiers] of [
    [rows.plain, []],
    [rows.shift, ['Shift']],
    [rows.altGr ?? '', ['AltGr']],
  ] as const) {
    [...characters].forEach((character, index) => {
      const keysym = keysymOf(character);
      if (character === NOTHING || keysym === undefined || strokes.has(character)) return;
      strokes.set(character, [{ key: { keysym, code: POSITIONS[index] }, modifiers }]);
    });
  }
  for (const [character, { position, modifiers }] of Object.entries(rows.dead ?? {})) {
    const keysym = keysymOf(character);
    if (keysym !== undefined) strokes.set(character, [{ key: { keysym, code: position }, modifiers }, SPACE]);
  }
  return { name, strokes: (character) => strokes.get(character) };
}

function special(character: string, code: string): Stroke {
  return { key: { keysym: keysymOf(character) ?? 0, code }, modifiers: [] };
}

const US = layout('US English', {
  plain: '`1234567890-=' + 'qwertyuiop[]\\' + "asdfghjkl;'" + '□zxcvbnm,./',
  shift: '~!@#$%^&*()_+' + 'QWERTYUIOP{}|' + 'ASDFGHJKL:"' + '□ZXCVBNM<>?',
});

const UK = layout('UK English', {
  plain: '`1234567890-=' + 'qwertyuiop[]#' + "asdfghjkl;'" + '\\zxcvbnm,./',
  shift: '¬!"£$%^&*()_+' + 'QWERTYUIOP{}~' + 'ASDFGHJKL:@' + '|ZXCVBNM<>?',
  altGr: '□□□□€□□□□□□□□',
});

const GERMAN = layout('German', {
  plain: '□1234567890ß□' + 'qwertzuiopü+#' + 'asdfghjklöä' + '<yxcvbnm,.-',
  shift: '°!"§$%&/()=?□' + "QWERTZUIOPÜ*'" + 'ASDFGHJKLÖÄ' + '>YXCVBNM;:_',
  altGr: '□□²³□□□{[]}\\□' + '@□€□□□□□□□□~□' + '□□□□□□□□□□□' + '|□□□□□□µ□□□',
  dead: {
    '^': { position: 'Backquote', modifiers: [] },
    '´': { position: 'Equal', modifiers: [] },
    '`': { position: 'Equal', modifiers: ['Shift'] },
  },
});

// AltGr with 2 and 7 types ~ and ` on Linux and is dead on Windows: left out.
const FRENCH = layout('French', {
  plain: '²&é"\'(-è_çà)=' + 'azertyuiop□$*' + 'qsdfghjklmù' + '<wxcvbn,;:!',
  shift: '□1234567890°+' + 'AZERTYUIOP□£µ' + 'QSDFGHJKLM%' + '>WXCVBN?./§',
  altGr: '□□□#{[|□\\^@]}' + '□□€□□□□□□□□□□' + '□□□□□□□□□□□' + '□□□□□□□□□□□',
});

/** Says the character and leaves the keyboard to the machine, as X servers (TigerVNC, Xvnc, x11vnc) understand. */
const ANY: KeyboardLayout = {
  name: 'Any (X desktops)',
  strokes(character) {
    const keysym = keysymOf(character);
    return keysym === undefined ? undefined : [{ key: { keysym, code: undefined }, modifiers: [] }];
  },
};

type Layouts = readonly [KeyboardLayout, ...KeyboardLayout[]];

/** Layouts that say which key to press; the first is what machines have unless they say otherwise. */
export const POSITION_LAYOUTS: Layouts = [US, UK, GERMAN, FRENCH];

/** All layouts, for a protocol that can also send characters. */
export const LAYOUTS: Layouts = [...POSITION_LAYOUTS, ANY];
