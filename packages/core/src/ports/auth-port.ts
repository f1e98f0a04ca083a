import type { Credentials } from '../policy/credentials.js';

/** Says who holds an API token. */
export interface AuthPort {
  /** The `WWW-Authenticate` value that a 401 answer carries. */
  readonly challenge: string;
  /**
   * Ends in bounded time.
   *
   * @param token the text of `X-Auth-Token`
   * @param serviceToken the text of `X-Service-Token`, where the request has one: a service's own token that vouches for
   *   a user whose token has expired meanwhile. Identity services without that notion ignore it.
   * @throws ConsoleError `unauthenticated` for an unknown, expired or revoked token; `identity-unavailable` where the
   *   identity service does not answer (never as `unauthenticated`)
   */
  authenticate(token: string, serviceToken?: string): Promise<Credentials>;
  /** Resolves when tokens can be checked. @throws ConsoleError `identity-unavailable` */
  check(): Promise<void>;
  close(): Promise<void>;
}
