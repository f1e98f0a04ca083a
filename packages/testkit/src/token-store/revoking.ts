import { expect } from 'vitest';
import type { ContractCheck } from '../contract.js';
import { issue, issueShort, SAMPLE_TTL, sampleDigest, sampleSession } from './sample-authorization.js';
import type { TokenStoreHarness } from './token-store-harness.js';

/** Server ids are a hypervisor's: a store must not read more into them than their letters. */
const ODD_SERVER_IDS = [
  '*',
  '?',
  '[a-z]*',
  '__proto__',
  'constructor',
  'a:b',
  'a b',
  '{a}',
  '"',
  'ü漢',
  '\\',
  '%',
];

/** Revocation takes what it names, at once, and nothing else. */
export const revokingChecks: readonly ContractCheck<TokenStoreHarness>[] = [
  {
    name: 'revoke: the token is gone, and only the first time says so',
    run: async (harness) => {
      const { digest } = await issue(harness);
      const other = await issue(harness);
      expect(await harness.store.revoke(digest)).toBe(true);
      expect(await harness.store.revoke(digest)).toBe(false);
      expect(await harness.store.find(digest)).toBeUndefined();
      expect(await harness.store.redeem(digest, sampleSession(1))).toEqual({ kind: 'unknown' });
      expect(await harness.store.find(other.digest)).toEqual(other.authorization);
    },
  },
  {
    name: 'revoke: there was no such token where it is unknown or expired',
    run: async (harness) => {
      const { digest } = await issueShort(harness);
      await harness.advance(SAMPLE_TTL);
      expect(await harness.store.revoke(digest)).toBe(false);
      expect(await harness.store.revoke(sampleDigest())).toBe(false);
    },
  },
  {
    name: 'revoke: takes a spent token from the session that holds it',
    run: async (harness) => {
      const { digest } = await issue(harness, { oneTime: true });
      await harness.store.redeem(digest, sampleSession(1));
      expect(await harness.store.revoke(digest)).toBe(true);
      expect(await harness.store.redeem(digest, sampleSession(1))).toEqual({ kind: 'unknown' });
    },
  },
  {
    name: 'revoke: of many at once exactly one finds the token',
    run: async (harness) => {
      const { digest } = await issue(harness);
      const { store, peer = store } = harness;
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? store : peer).revoke(digest)),
      );
      expect(answers.filter(Boolean)).toHaveLength(1);
    },
  },
  {
    name: "revokeServer: takes and counts all of a server's tokens and no other's",
    run: async (harness) => {
      const own = [];
      for (const oneTime of [false, true, false])
        own.push(await issue(harness, { serverId: 'one', oneTime }));
      const other = await issue(harness, { serverId: 'other' });
      expect(await harness.store.revokeServer('one')).toBe(3);
      for (const { digest } of own) {
        expect(await harness.store.find(digest)).toBeUndefined();
        expect(await harness.store.redeem(digest, sampleSession(1))).toEqual({ kind: 'unknown' });
      }
      expect(await harness.store.find(other.digest)).toEqual(other.authorization);
      expect(await harness.store.revokeServer('one')).toBe(0);
    },
  },
  {
    name: 'revokeServer: counts neither expired nor revoked tokens',
    run: async (harness) => {
      await issueShort(harness, { serverId: 'one' });
      const revoked = await issue(harness, { serverId: 'one' });
      await issue(harness, { serverId: 'one' });
      await harness.store.revoke(revoked.digest);
      await harness.advance(SAMPLE_TTL);
      expect(await harness.store.revokeServer('one')).toBe(1);
    },
  },
  {
    name: 'revokeServer: leaves the server able to get new tokens',
    run: async (harness) => {
      await issue(harness, { serverId: 'one' });
      await harness.store.revokeServer('one');
      const { digest, authorization } = await issue(harness, { serverId: 'one' });
      expect(await harness.store.find(digest)).toEqual(authorization);
      expect(await harness.store.revokeServer('one')).toBe(1);
    },
  },
  {
    name: 'revokeServer: finds the long-lived token beside one that expired before it',
    run: async (harness) => {
      const long = await issue(harness, { serverId: 'one' });
      await issueShort(harness, { serverId: 'one' });
      await harness.advance(SAMPLE_TTL);
      await issue(harness, { serverId: 'one' });
      expect(await harness.store.revokeServer('one')).toBe(2);
      expect(await harness.store.find(long.digest)).toBeUndefined();
    },
  },
  {
    name: 'revokeServer: takes a server id literally, whatever it looks like',
    run: async (harness) => {
      const bystander = await issue(harness, { serverId: 'abc' });
      for (const serverId of ODD_SERVER_IDS) {
        expect(await harness.store.revokeServer(serverId), `none yet of ${serverId}`).toBe(0);
        const { digest, authorization } = await issue(harness, { serverId });
        expect(await harness.store.find(digest)).toEqual(authorization);
        expect(await harness.store.revokeServer(serverId), `one of ${serverId}`).toBe(1);
      }
      expect(await harness.store.find(bystander.digest)).toEqual(bystander.authorization);
    },
  },
  {
    name: 'revokeServer: twice at once counts each token once',
    run: async (harness) => {
      const { store, peer = store } = harness;
      const tokens = Math.min(10, harness.capacity ?? 10);
      for (let n = 0; n < tokens; n++) await issue(harness, { serverId: 'one' });
      const counts = await Promise.all([store.revokeServer('one'), peer.revokeServer('one')]);
      expect(counts[0] + counts[1]).toBe(tokens);
    },
  },
];
