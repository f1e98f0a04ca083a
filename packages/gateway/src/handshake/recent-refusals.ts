import { hash } from 'node:crypto';
import { TooManyGuesses } from './guess-limit.js';
import { ViewerLeft } from './opening.js';
import { type Refusal, refusalOf } from './refusal.js';

/** ms that a refusal is kept for: a page asks at once. */
const KEPT = 15_000;
/** At most this many are kept; the oldest goes first. */
const MOST = 1_000;

/**
 * Why the last handshakes were refused, by the digest of their token: a look-up afterwards cannot know that a host had
 * the wrong certificate, and would wait once more for one that does not answer.
 */
export class RecentRefusals {
  readonly #refusals = new Map<string, { readonly refusal: Refusal; readonly until: number }>();
  readonly #now: () => number;

  /** @param now the time, ms */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** How many are kept. */
  get size(): number {
    return this.#refusals.size;
  }

  /** Keeps why an opening failed, but for what says nothing that a look-up would not: anyone can invent tokens. */
  keep(token: string, error: unknown): void {
    const refusal = refusalOf(error);
    if (error instanceof ViewerLeft || error instanceof TooManyGuesses) return;
    if (refusal.code === 'token-invalid') return;
    const key = keyOf(token);
    this.#refusals.delete(key);
    this.#refusals.set(key, { refusal, until: this.#now() + KEPT });
    const [oldest] = this.#refusals.keys();
    if (this.#refusals.size > MOST && oldest !== undefined) this.#refusals.delete(oldest);
  }

  /** Tells once. */
  take(token: string): Refusal | undefined {
    const key = keyOf(token);
    const kept = this.#refusals.get(key);
    this.#refusals.delete(key);
    return kept && this.#now() < kept.until ? kept.refusal : undefined;
  }

  /** The console could be opened. */
  forget(token: string): void {
    if (this.#refusals.size > 0) this.#refusals.delete(keyOf(token));
  }
}

function keyOf(token: string): string {
  return hash('sha256', token.toLowerCase());
}
