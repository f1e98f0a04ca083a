/** Sends one key going down or up, by its position. */
export type SendPosition = (code: string, down: boolean) => void;

/** What of a keyboard event this looks at. */
export type PositionEvent = Pick<KeyboardEvent, 'code' | 'timeStamp'>;

const SAME_STROKE_MS = 20;

/** The keys that are down on the machine, so that none of them stays down for ever. */
export class PressedKeys {
  readonly #send: SendPosition;
  readonly #down = new Set<string>();
  #controlAt = Number.NEGATIVE_INFINITY;

  constructor(send: SendPosition) {
    this.#send = send;
  }

  press({ code, timeStamp }: PositionEvent): void {
    if (code === '') return;
    // Windows reports AltGr as the left Ctrl and the right Alt in one stroke; the machine is to see AltGr alone.
    if (code === 'AltRight' && timeStamp - this.#controlAt < SAME_STROKE_MS) this.#up('ControlLeft');
    if (code === 'ControlLeft' && !this.#down.has(code)) this.#controlAt = timeStamp;
    // A key that repeats is pressed again without being let go, as a keyboard does it.
    this.#down.add(code);
    this.#send(code, true);
  }

  release({ code }: PositionEvent): void {
    this.#up(code);
    // macOS reports no key going up while Command is held.
    if (code.startsWith('Meta')) this.releaseAll();
  }

  releaseAll(): void {
    for (const code of [...this.#down]) this.#up(code);
  }

  #up(code: string): void {
    if (this.#down.delete(code)) this.#send(code, false);
  }
}
