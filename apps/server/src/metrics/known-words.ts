/** How many words a label may have, and how long they are: more is a bug of an adapter, not a time series. */
const MAX_WORDS = 64;
const WORD = /^[A-Za-z0-9._-]{1,48}$/;

/** Makes label values of words that come from elsewhere: whatever a third party's code says, they stay few and short. */
export class KnownWords {
  readonly #words = new Set<string>();

  label(word: string): string {
    if (this.#words.has(word)) return word;
    if (!WORD.test(word) || this.#words.size >= MAX_WORDS) return 'other';
    this.#words.add(word);
    return word;
  }
}
