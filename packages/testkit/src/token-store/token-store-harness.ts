import type { TokenStore } from '@remote-consoles/core';
import type { Harness } from '../contract.js';

/** A token store under test and what surrounds it. */
export interface TokenStoreHarness extends Harness {
  /** The store, empty. */
  readonly store: TokenStore;
  /** The same tokens seen by another process. Absent for a store that lives in one process. */
  readonly peer?: TokenStore;
  /** The time by which tokens expire, ms since the epoch. */
  now(): number;
  /** Lets so many ms pass: moves the clock that the store was given, or really waits. */
  advance(ms: number): void | Promise<void>;
  /** Makes the store stop answering for the rest of the check. Absent for a store that cannot fail. */
  makeUnavailable?(): void | Promise<void>;
  /** How many tokens the store holds at most: a small bound, at least 16. Absent for a store without a bound of its own. */
  readonly capacity?: number;
  /** How long one call may take, ms; default 10,000. */
  readonly deadline?: number;
}
