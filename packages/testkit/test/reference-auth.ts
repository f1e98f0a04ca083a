import { type AuthPort, type Credentials, identityUnavailable, unauthenticated } from '@remote-consoles/core';
import type { AuthHarness } from '../src/index.js';

export const TOKENS = [
  { token: 'token-of-a-member', credentials: { userId: 'm', projectId: 'p', roles: ['member', 'reader'] } },
  { token: 'token-of-an-admin', credentials: { userId: 'a', roles: ['admin'] } },
] as const;
export const FORMER = 'token-of-yesterday';

/** The smallest identity service that keeps the contract. */
export class ReferenceAuth implements AuthPort {
  challenge = 'Keystone uri="https://identity.example/v3"';
  down = false;

  async authenticate(token: string): Promise<Credentials> {
    if (this.down) throw identityUnavailable();
    const known = TOKENS.find((each) => each.token === token);
    if (!known) throw unauthenticated();
    return known.credentials;
  }

  async check(): Promise<void> {
    if (this.down) throw identityUnavailable();
  }

  async close(): Promise<void> {}
}

export function authHarness(port = new ReferenceAuth()): AuthHarness {
  return {
    port,
    tokens: TOKENS,
    former: [FORMER],
    deadline: 150,
    makeUnavailable: () => {
      port.down = true;
    },
  };
}
