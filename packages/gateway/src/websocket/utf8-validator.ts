/**
 * Checks UTF-8 that arrives in pieces and says no at the first byte that cannot be right (RFC 3629 §4):
 * no overlong forms, no surrogates, nothing above U+10FFFF.
 */
export class Utf8Validator {
  #missing = 0;
  #lowest = 0x80;
  #highest = 0xbf;

  /** Whether the text so far ends with a whole character. */
  get complete(): boolean {
    return this.#missing === 0;
  }

  /** @returns false if the text can no longer become valid; the validator is of no use afterwards */
  push(bytes: Uint8Array, start: number, end: number): boolean {
    for (let i = start; i < end; i++) {
      const byte = bytes[i] ?? 0;
      if (this.#missing > 0) {
        if (byte < this.#lowest || byte > this.#highest) return false;
        this.#missing--;
        this.#lowest = 0x80;
        this.#highest = 0xbf;
      } else if (byte >= 0x80 && !this.#lead(byte)) {
        return false;
      }
    }
    return true;
  }

  #lead(byte: number): boolean {
    if (byte >= 0xc2 && byte <= 0xdf) {
      this.#missing = 1;
    } else if (byte >= 0xe0 && byte <= 0xef) {
      this.#missing = 2;
      if (byte === 0xe0) this.#lowest = 0xa0;
      if (byte === 0xed) this.#highest = 0x9f;
    } else if (byte >= 0xf0 && byte <= 0xf4) {
      this.#missing = 3;
      if (byte === 0xf0) this.#lowest = 0x90;
      if (byte === 0xf4) this.#highest = 0x8f;
    } else {
      return false;
    }
    return true;
  }
}
