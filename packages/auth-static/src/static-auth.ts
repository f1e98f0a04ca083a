import { type AuthPort, type Credentials, unauthenticated } from '@remote-consoles/core';
import { sha256 } from './static-auth-config.js';

/**
 * Knows users by the SHA-256 of their tokens. The look-up compares digests only, so that its timing says nothing about
 * a token: whoever can choose a digest close to another has broken SHA-256.
 */
export class StaticAuth implements AuthPort {
  readonly challenge: string;
  readonly #users: ReadonlyMap<string, Credentials>;

  /** @param users by the SHA-256 of their token in lower-case hex */
  constructor(users: ReadonlyMap<string, Credentials>, authenticateUri: string) {
    this.#users = users;
    this.challenge = `Keystone uri="${authenticateUri}"`;
  }

  async authenticate(token: string): Promise<Credentials> {
    const user = this.#users.get(sha256(token));
    if (!user) throw unauthenticated();
    return user;
  }

  async check(): Promise<void> {}

  async close(): Promise<void> {}
}
