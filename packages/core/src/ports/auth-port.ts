import type { Credentials } from '../policy/credentials.js';

/** Says who holds an API token. */
export interface AuthPort {
  /** The `WWW-Authenticate` value that a 401 answer carries. */
  readonly challenge: string;
  /**
   * @param token the text of `X-Auth-Token`
   * @throws ConsoleError `unauthenticated` for an unknown, expired or revoked token; `identity-unavailable` where the
   *   identity service does not answer (never as `unauthenticated`)
   */
  authenticate(token: string): Promise<Credentials>;
  /** Resolves when tokens can be checked. @throws ConsoleError `identity-unavailable` */
  check(): Promise<void>;
  close(): Promise<void>;
}
