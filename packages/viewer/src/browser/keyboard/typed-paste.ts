import { type SendKey, strike } from './key-combination.js';
import type { KeyboardLayout, Stroke } from './layout.js';

/** The most characters that are typed at once; more belongs in a file. */
export const TYPED_CHARACTERS = 10_000;

/** Text as keys. */
export interface TypingPlan {
  readonly strokes: readonly Stroke[];
  /** The characters that this keyboard cannot type, each once, in the order met. They are skipped. */
  readonly untypable: readonly string[];
}

/** Turns text into strokes; every kind of line end is one Return. */
export function planTyping(text: string, layout: KeyboardLayout): TypingPlan {
  const strokes: Stroke[] = [];
  const untypable = new Set<string>();
  for (const character of [...text.replace(/\r\n?/g, '\n')].slice(0, TYPED_CHARACTERS)) {
    const found = layout.strokes(character);
    if (found === undefined) untypable.add(character);
    else strokes.push(...found);
  }
  return { strokes, untypable: [...untypable] };
}

/** How to show a character that cannot be typed: what has no shape is named by its number. */
export function nameOfCharacter(character: string): string {
  if (/^[\p{L}\p{N}\p{P}\p{S}]$/u.test(character)) return character;
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/**
 * The pause between strokes. QEMU hands a guest one key event each 10 ms (`key-delay-ms`) and drops what its queue
 * cannot hold; a stroke is up to four events.
 */
export const STROKE_PAUSE_MS = 40;

const NAMED_CHARACTERS = 12;

/** What will be typed, how long it takes and what is left out. */
export function describePlan({ strokes, untypable }: TypingPlan): string {
  const time = Math.max(1, Math.round((strokes.length * STROKE_PAUSE_MS) / 1000));
  const length = strokes.length === 0 ? 'Each character is pressed as a key.' : `Takes about ${time} s.`;
  if (untypable.length === 0) return length;
  const named = untypable.slice(0, NAMED_CHARACTERS).map(nameOfCharacter).join(' ');
  const more = untypable.length > NAMED_CHARACTERS ? ` and ${untypable.length - NAMED_CHARACTERS} more` : '';
  return `${length} Not on this keyboard, left out: ${named}${more}`;
}

/**
 * Types a plan, stroke by stroke. A stroke is never cut in two, so cancelling leaves no key held down.
 *
 * @returns whether all of it was typed
 */
export async function typeStrokes(
  strokes: readonly Stroke[],
  send: SendKey,
  options: { readonly signal: AbortSignal; readonly onProgress?: (typed: number, all: number) => void },
): Promise<boolean> {
  for (const [index, { key, modifiers }] of strokes.entries()) {
    if (options.signal.aborted) return false;
    strike(send, key, modifiers);
    options.onProgress?.(index + 1, strokes.length);
    await new Promise((resolve) => setTimeout(resolve, STROKE_PAUSE_MS));
  }
  return true;
}
