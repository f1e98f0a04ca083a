import {
  type Clock,
  type ConsoleAuthorization,
  type Redemption,
  type TokenDigest,
  type TokenStore,
  tokenStoreFull,
} from '@remote-consoles/core';
import { ServerIndex } from './server-index.js';
import type { TokenEntry } from './token-entry.js';

/** How many entries each put looks at. Two or more keep pace with what is put. */
const SWEEP_STEP = 4;

/**
 * Tokens in this process. They are lost when it ends. Expired ones are swept in small steps while others are put, so
 * that no timer runs; every method does its work before it returns, hence atomically.
 */
export class MemoryTokenStore implements TokenStore {
  readonly #entries = new Map<TokenDigest, TokenEntry>();
  readonly #servers = new ServerIndex();
  readonly #clock: Clock;
  readonly #maxEntries: number;
  #sweeper: Iterator<TokenEntry> = this.#entries.values();
  /** No entry expires before this, ms since the epoch; a full store need not look for room earlier. */
  #earliestExpiry = Number.POSITIVE_INFINITY;

  constructor(settings: { readonly clock: Clock; readonly maxEntries: number }) {
    this.#clock = settings.clock;
    this.#maxEntries = settings.maxEntries;
  }

  /** How many tokens are held, expired ones that have not been swept yet included. */
  get size(): number {
    return this.#entries.size;
  }

  async put(digest: TokenDigest, authorization: ConsoleAuthorization): Promise<void> {
    const now = this.#clock.now();
    const replaced = this.#entries.get(digest);
    if (replaced) this.#remove(replaced);
    this.#sweepStep(now);
    if (this.#entries.size >= this.#maxEntries) this.#sweepAll(now);
    if (this.#entries.size >= this.#maxEntries) throw tokenStoreFull();
    const entry = { digest, authorization, session: undefined, previous: undefined, next: undefined };
    this.#entries.set(digest, entry);
    this.#servers.add(entry);
    this.#earliestExpiry = Math.min(this.#earliestExpiry, authorization.expiresAt);
  }

  async find(digest: TokenDigest): Promise<ConsoleAuthorization | undefined> {
    return this.#live(digest)?.authorization;
  }

  async redeem(digest: TokenDigest, session: string): Promise<Redemption> {
    const entry = this.#live(digest);
    if (!entry) return { kind: 'unknown' };
    const { authorization } = entry;
    if (!authorization.oneTime) return { kind: 'opened', authorization };
    if (entry.session === session) return { kind: 'joined', authorization };
    if (entry.session !== undefined) return { kind: 'spent' };
    entry.session = session;
    return { kind: 'opened', authorization };
  }

  async release(digest: TokenDigest, session: string): Promise<void> {
    const entry = this.#live(digest);
    if (entry?.session === session) entry.session = undefined;
  }

  async revoke(digest: TokenDigest): Promise<boolean> {
    const entry = this.#live(digest);
    if (entry) this.#remove(entry);
    return entry !== undefined;
  }

  async revokeServer(serverId: string): Promise<number> {
    const now = this.#clock.now();
    let live = 0;
    for (const entry of this.#servers.entriesOf(serverId)) {
      if (entry.authorization.expiresAt > now) live += 1;
      this.#remove(entry);
    }
    return live;
  }

  async check(): Promise<void> {}

  async close(): Promise<void> {}

  #live(digest: TokenDigest): TokenEntry | undefined {
    const entry = this.#entries.get(digest);
    if (!entry || entry.authorization.expiresAt > this.#clock.now()) return entry;
    this.#remove(entry);
    return undefined;
  }

  #remove(entry: TokenEntry): void {
    this.#entries.delete(entry.digest);
    this.#servers.remove(entry);
  }

  #sweepStep(now: number): void {
    for (let step = 0; step < SWEEP_STEP; step++) {
      const { done, value } = this.#sweeper.next();
      if (done) {
        this.#sweeper = this.#entries.values();
        return;
      }
      if (value.authorization.expiresAt <= now) this.#remove(value);
    }
  }

  #sweepAll(now: number): void {
    if (now < this.#earliestExpiry) return;
    this.#earliestExpiry = Number.POSITIVE_INFINITY;
    for (const entry of this.#entries.values()) {
      const { expiresAt } = entry.authorization;
      if (expiresAt <= now) this.#remove(entry);
      else this.#earliestExpiry = Math.min(this.#earliestExpiry, expiresAt);
    }
  }
}
