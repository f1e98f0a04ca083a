import type { ConsoleAuthorization, TokenDigest } from '@remote-consoles/core';
import type { TokenStoreHarness } from './token-store-harness.js';

/** How long the tokens of the checks live, ms: long enough for a slow store, short enough to wait for. */
export const SAMPLE_TTL = 1500;

let issued = 0;

/** A digest that no other check uses. */
export function sampleDigest(): TokenDigest {
  issued += 1;
  return issued.toString(16).padStart(64, '0') as TokenDigest;
}

/** The digest of a session's key. */
export function sampleSession(number: number): string {
  return `5e5510${number.toString(16).padStart(58, '0')}`;
}

/** An authorization that is valid now, as the use cases make it. */
export function sampleAuthorization(
  harness: TokenStoreHarness,
  overrides: Partial<ConsoleAuthorization> = {},
): ConsoleAuthorization {
  const issuedAt = harness.now();
  return {
    serverId: '6e4fcd21-9d53-4c30-9d0d-4bbd0a2f6f0a',
    projectId: 'd3300000000000000000000000000001',
    userId: 'a user / mit Ümlaut',
    type: 'novnc',
    connectInfo: { host: '192.0.2.1', port: 5900, tlsPort: null, internalAccessPath: null },
    requestId: 'req-0d5ad1b8-4f9c-4b1f-9f19-7c1d5c6a4e11',
    issuedAt,
    expiresAt: issuedAt + 600_000,
    oneTime: false,
    ...overrides,
  };
}

/** Puts a token into the store and gives its digest and authorization. */
export async function issue(harness: TokenStoreHarness, overrides: Partial<ConsoleAuthorization> = {}) {
  const digest = sampleDigest();
  const authorization = sampleAuthorization(harness, overrides);
  await harness.store.put(digest, authorization);
  return { digest, authorization };
}

/** Puts a token that expires after `SAMPLE_TTL`. */
export function issueShort(harness: TokenStoreHarness, overrides: Partial<ConsoleAuthorization> = {}) {
  return issue(harness, { expiresAt: harness.now() + SAMPLE_TTL, ...overrides });
}
