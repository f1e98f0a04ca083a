import type { Clock } from '@remote-consoles/core';

interface Remembered<Value> {
  readonly value: Value;
  /** ms since the epoch */
  readonly until: number;
}

/** Remembers a bounded number of values for a while; the least recently used goes first. */
export class TokenCache<Value> {
  readonly #entries = new Map<string, Remembered<Value>>();
  readonly #clock: Clock;
  readonly #maxEntries: number;

  constructor(settings: { readonly clock: Clock; readonly maxEntries: number }) {
    this.#clock = settings.clock;
    this.#maxEntries = settings.maxEntries;
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    if (entry.until <= this.#clock.now()) return undefined;
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** @param until ms since the epoch */
  set(key: string, value: Value, until: number): void {
    this.#entries.delete(key);
    if (until <= this.#clock.now()) return;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size < this.#maxEntries) break;
      this.#entries.delete(oldest);
    }
    this.#entries.set(key, { value, until });
  }

  get size(): number {
    return this.#entries.size;
  }
}
