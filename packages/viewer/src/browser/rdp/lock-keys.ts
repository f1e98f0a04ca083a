/** What of a keyboard event this looks at. */
export type LockEvent = Pick<KeyboardEvent, 'code' | 'getModifierState'>;

export interface LockState {
  readonly scroll: boolean;
  readonly num: boolean;
  readonly caps: boolean;
  readonly kana: boolean;
}

// Around a lock key itself browsers disagree whether its state is the one before or after.
const LOCK_KEYS = new Set(['CapsLock', 'NumLock', 'ScrollLock', 'KanaMode']);

/**
 * The keyboard's lamps. They may change while the keyboard is elsewhere, so the machine is told of them with the first
 * key of each visit (MS-RDPBCGR §2.2.8.1.1.3.1.1.5).
 */
export class LockKeys {
  #known = false;

  /** The keyboard came to the console. */
  forget(): void {
    this.#known = false;
  }

  /** @returns what to tell the machine before this key; undefined where it knows */
  news(event: LockEvent): LockState | undefined {
    if (this.#known || LOCK_KEYS.has(event.code)) return undefined;
    this.#known = true;
    return {
      scroll: event.getModifierState('ScrollLock'),
      num: event.getModifierState('NumLock'),
      caps: event.getModifierState('CapsLock'),
      kana: event.getModifierState('KanaMode'),
    };
  }
}
