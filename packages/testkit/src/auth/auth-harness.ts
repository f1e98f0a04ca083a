import type { AuthPort, Credentials } from '@remote-consoles/core';
import type { Harness } from '../contract.js';

/** A valid token and whose it is. */
export interface TokenSample {
  readonly token: string;
  /** What the port must answer; the order of roles does not matter. */
  readonly credentials: Credentials;
}

/** An identity service under test and the tokens that it knows. */
export interface AuthHarness extends Harness {
  /** Has not been asked yet, so nothing is remembered. */
  readonly port: AuthPort;
  /** Valid tokens of different users; at least one. */
  readonly tokens: readonly [TokenSample, ...TokenSample[]];
  /** Tokens that were valid once: expired, revoked, of a disabled user. */
  readonly former?: readonly string[];
  /** Makes the identity service stop answering for the rest of the check. Absent where there is no service. */
  makeUnavailable?(): void | Promise<void>;
  /** How long one call may take, ms; default 10,000. */
  readonly deadline?: number;
}
