import type { ConsoleAuthorization, TokenDigest } from '@remote-consoles/core';

/** One token. The entries of a server are chained through it, which is smaller than a set for each server. */
export interface TokenEntry {
  readonly digest: TokenDigest;
  readonly authorization: ConsoleAuthorization;
  /** The session that has spent a one-time token. */
  session: string | undefined;
  previous: TokenEntry | undefined;
  next: TokenEntry | undefined;
}
