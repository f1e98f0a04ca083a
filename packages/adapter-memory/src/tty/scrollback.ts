/** The last text that a terminal printed: at most about `limit` characters, cut at a line. */
export class Scrollback {
  readonly #limit: number;
  #text = '';

  constructor(limit: number) {
    this.#limit = limit;
  }

  get text(): string {
    return this.#text;
  }

  append(text: string): void {
    const grown = this.#text + text;
    if (grown.length <= this.#limit) {
      this.#text = grown;
      return;
    }
    // A quarter goes at once, or every further character would copy all the others.
    const kept = grown.slice(-Math.floor(this.#limit * 0.75));
    this.#text = kept.slice(kept.indexOf('\n') + 1);
  }
}
