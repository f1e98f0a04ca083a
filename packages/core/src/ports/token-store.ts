import type { ConsoleAuthorization } from '../token/console-authorization.js';
import type { TokenDigest } from '../token/console-token.js';
import type { ClusterPort } from './cluster-port.js';

/** What became of an attempt to use a token. */
export type Redemption =
  /** A new session was opened with it. */
  | { readonly kind: 'opened'; readonly authorization: ConsoleAuthorization }
  /** The session that spent the one-time token gets another socket. */
  | { readonly kind: 'joined'; readonly authorization: ConsoleAuthorization }
  /** A one-time token that another session has spent. */
  | { readonly kind: 'spent' }
  /** Never issued, expired or revoked. */
  | { readonly kind: 'unknown' };

/**
 * Keeps authorizations by token digest until they expire. Every method is atomic, also between processes that share a
 * store. All methods throw ConsoleError `token-store-unavailable` where the store does not answer in bounded time.
 */
export interface TokenStore {
  /** @throws ConsoleError `token-store-full` where a bounded store has no room */
  put(digest: TokenDigest, authorization: ConsoleAuthorization): Promise<void>;
  /** The authorization while it is valid. Looking does not use the token. */
  find(digest: TokenDigest): Promise<ConsoleAuthorization | undefined>;
  /**
   * Uses the token for the session with this digest of its key. A token that is not one-time always opens. A one-time
   * token opens for the first session and joins for the same session again.
   */
  redeem(digest: TokenDigest, session: string): Promise<Redemption>;
  /** Takes back a redemption whose session did not come to be, so that a one-time token is not lost to a failed dial. */
  release(digest: TokenDigest, session: string): Promise<void>;
  /** Whether there was such a token. */
  revoke(digest: TokenDigest): Promise<boolean>;
  /** Revokes every token of a server; how many there were. */
  revokeServer(serverId: string): Promise<number>;
  /** Resolves when the store answers. */
  check(): Promise<void>;
  close(): Promise<void>;
  /**
   * Present where the processes that share the tokens know of each other's sessions too. Without it each knows its own
   * alone.
   */
  readonly cluster?: ClusterPort;
}
