import {
  type ConsoleAuthorization,
  type Redemption,
  type TokenDigest,
  type TokenStore,
  tokenStoreFull,
  tokenStoreUnavailable,
} from '@remote-consoles/core';
import type { TokenStoreHarness } from '../src/index.js';

interface Entry {
  readonly authorization: ConsoleAuthorization;
  session?: string;
}

export const CAPACITY = 32;

/** The smallest store that keeps the contract. Broken stores in the self-test override one method each. */
export class ReferenceTokenStore implements TokenStore {
  entries = new Map<TokenDigest, Entry>();
  time = 1_700_000_000_000;
  down = false;

  /** Sees the other's tokens from now on. */
  join(other: ReferenceTokenStore): void {
    this.entries = other.entries;
  }

  async put(digest: TokenDigest, authorization: ConsoleAuthorization): Promise<void> {
    this.#assertUp();
    for (const key of this.entries.keys()) this.live(key);
    if (this.entries.size >= CAPACITY) throw tokenStoreFull();
    this.entries.set(digest, { authorization: structuredClone(authorization) });
  }

  async find(digest: TokenDigest): Promise<ConsoleAuthorization | undefined> {
    return this.live(digest)?.authorization;
  }

  async redeem(digest: TokenDigest, session: string): Promise<Redemption> {
    const entry = this.live(digest);
    if (!entry) return { kind: 'unknown' };
    const { authorization } = entry;
    if (!authorization.oneTime) return { kind: 'opened', authorization };
    if (entry.session === session) return { kind: 'joined', authorization };
    if (entry.session !== undefined) return { kind: 'spent' };
    entry.session = session;
    return { kind: 'opened', authorization };
  }

  async release(digest: TokenDigest, session: string): Promise<void> {
    const entry = this.live(digest);
    if (entry?.session === session) delete entry.session;
  }

  async revoke(digest: TokenDigest): Promise<boolean> {
    return this.live(digest) !== undefined && this.entries.delete(digest);
  }

  async revokeServer(serverId: string): Promise<number> {
    this.#assertUp();
    let count = 0;
    for (const [digest, { authorization }] of this.entries) {
      if (authorization.serverId === serverId && this.live(digest) && this.entries.delete(digest)) count += 1;
    }
    return count;
  }

  async check(): Promise<void> {
    this.#assertUp();
  }

  async close(): Promise<void> {}

  live(digest: TokenDigest): Entry | undefined {
    this.#assertUp();
    const entry = this.entries.get(digest);
    if (entry && entry.authorization.expiresAt > this.time) return entry;
    this.entries.delete(digest);
    return undefined;
  }

  #assertUp(): void {
    if (this.down) throw tokenStoreUnavailable();
  }
}

/** The store twice, on the same tokens. */
export function referenceHarness(
  make: () => ReferenceTokenStore = () => new ReferenceTokenStore(),
): TokenStoreHarness {
  const [store, peer] = [make(), make()];
  peer.join(store);
  return {
    store,
    peer,
    capacity: CAPACITY,
    deadline: 100,
    now: () => store.time,
    advance: (ms) => {
      store.time += ms;
      peer.time += ms;
    },
    makeUnavailable: () => {
      store.down = true;
    },
  };
}
