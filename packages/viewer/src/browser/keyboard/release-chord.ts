const CHORD = new Set(['Control', 'Alt', 'Shift']);

/** What of a keyboard event the chord looks at. */
export type ChordEvent = Pick<
  KeyboardEvent,
  'type' | 'key' | 'ctrlKey' | 'altKey' | 'shiftKey' | 'getModifierState'
>;

/**
 * The way out for a person who has only a keyboard: while a console has the focus every key goes to the machine, Tab
 * too. Ctrl, Alt and Shift held together and let go, with nothing else pressed in between, gives it back.
 */
export class ReleaseChord {
  #armed = false;

  /** @returns whether this event completes the chord */
  sees(event: ChordEvent): boolean {
    const fires = event.type === 'keyup' && this.#armed && CHORD.has(event.key);
    this.#armed =
      event.type === 'keydown' &&
      CHORD.has(event.key) &&
      event.ctrlKey &&
      event.altKey &&
      event.shiftKey &&
      !event.getModifierState('AltGraph');
    return fires;
  }
}
