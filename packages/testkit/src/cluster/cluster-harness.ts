import type { ClusterPort } from '@remote-consoles/core';
import type { Harness } from '../contract.js';

/** A cluster under test: what one process sees, and what is around it. */
export interface ClusterHarness extends Harness {
  /** One process's. Nothing is open in it. */
  readonly cluster: ClusterPort;
  /** The same as another process sees it. Absent where there is no other. */
  readonly peer?: ClusterPort;
  /** Ends what `cluster` does for the rest of the check, as if its process were killed. */
  crash?(): void | Promise<void>;
  /** Cuts `cluster` off from what it shares for the rest of the check. Absent where it cannot be cut off. */
  makeUnavailable?(): void | Promise<void>;
  /** How long a change of a session may take to be seen, ms; default 2000 and never more. */
  readonly seenWithin?: number;
  /** How long the sessions of a process that died may stay, ms; default 10,000 and never more. */
  readonly forgottenWithin?: number;
  /** How long one call may take, ms; default 10,000. */
  readonly deadline?: number;
}
