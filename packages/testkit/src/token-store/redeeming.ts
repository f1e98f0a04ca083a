import type { TokenStore } from '@remote-consoles/core';
import { expect } from 'vitest';
import type { ContractCheck } from '../contract.js';
import { issue, sampleDigest, sampleSession } from './sample-authorization.js';
import type { TokenStoreHarness } from './token-store-harness.js';

/** The store and its peer by turns, so that what must be atomic is so between processes too. */
function sides(harness: TokenStoreHarness): (number: number) => TokenStore {
  const { store, peer = store } = harness;
  return (number) => (number % 2 === 0 ? store : peer);
}

const count = (kinds: readonly string[], kind: string) => kinds.filter((each) => each === kind).length;

/** One-time means one session; a session may have many sockets. */
export const redeemingChecks: readonly ContractCheck<TokenStoreHarness>[] = [
  {
    name: 'redeem: an unknown token is unknown',
    run: async ({ store }) => {
      expect(await store.redeem(sampleDigest(), sampleSession(1))).toEqual({ kind: 'unknown' });
    },
  },
  {
    name: 'redeem: a token that is not one-time always opens, for the same session too',
    run: async (harness) => {
      const { digest, authorization } = await issue(harness);
      for (const session of [1, 2, 1, 2, 3]) {
        const redemption = await harness.store.redeem(digest, sampleSession(session));
        expect(redemption).toEqual({ kind: 'opened', authorization });
      }
    },
  },
  {
    name: 'redeem: a one-time token opens for the first session, joins for the same one, is spent for others',
    run: async (harness) => {
      const { digest, authorization } = await issue(harness, { oneTime: true });
      const redeem = (session: number) => harness.store.redeem(digest, sampleSession(session));
      expect(await redeem(1)).toEqual({ kind: 'opened', authorization });
      expect(await redeem(2)).toEqual({ kind: 'spent' });
      for (let socket = 0; socket < 3; socket++) {
        expect(await redeem(1)).toEqual({ kind: 'joined', authorization });
      }
      expect(await redeem(2)).toEqual({ kind: 'spent' });
    },
  },
  {
    name: 'redeem: a spent token is still found',
    run: async (harness) => {
      const { digest, authorization } = await issue(harness, { oneTime: true });
      await harness.store.redeem(digest, sampleSession(1));
      expect(await harness.store.find(digest)).toEqual(authorization);
    },
  },
  {
    name: 'redeem: spending one token leaves the others of the same server',
    run: async (harness) => {
      const [a, b] = [await issue(harness, { oneTime: true }), await issue(harness, { oneTime: true })];
      await harness.store.redeem(a.digest, sampleSession(1));
      expect((await harness.store.redeem(b.digest, sampleSession(2))).kind).toBe('opened');
    },
  },
  {
    name: 'redeem: of many sessions at once exactly one opens a one-time token',
    run: async (harness) => {
      const { digest } = await issue(harness, { oneTime: true });
      const side = sides(harness);
      const attempts = Array.from({ length: 50 }, (_, n) => side(n).redeem(digest, sampleSession(n)));
      const kinds = (await Promise.all(attempts)).map(({ kind }) => kind);
      expect([count(kinds, 'opened'), count(kinds, 'spent')]).toEqual([1, 49]);
    },
  },
  {
    name: 'redeem: of many sockets of one session at once exactly one opens, the others join',
    run: async (harness) => {
      const { digest } = await issue(harness, { oneTime: true });
      const side = sides(harness);
      const attempts = Array.from({ length: 20 }, (_, n) => side(n).redeem(digest, sampleSession(1)));
      const kinds = (await Promise.all(attempts)).map(({ kind }) => kind);
      expect([count(kinds, 'opened'), count(kinds, 'joined')]).toEqual([1, 19]);
    },
  },
  {
    name: 'release: gives a one-time token back, to any session',
    run: async (harness) => {
      const { digest, authorization } = await issue(harness, { oneTime: true });
      await harness.store.redeem(digest, sampleSession(1));
      await harness.store.release(digest, sampleSession(1));
      expect(await harness.store.redeem(digest, sampleSession(2))).toEqual({ kind: 'opened', authorization });
      expect(await harness.store.redeem(digest, sampleSession(1))).toEqual({ kind: 'spent' });
    },
  },
  {
    name: 'release: by a session that does not hold the token changes nothing',
    run: async (harness) => {
      const { digest } = await issue(harness, { oneTime: true });
      await harness.store.redeem(digest, sampleSession(1));
      await harness.store.release(digest, sampleSession(2));
      expect((await harness.store.redeem(digest, sampleSession(2))).kind).toBe('spent');
      expect((await harness.store.redeem(digest, sampleSession(1))).kind).toBe('joined');
    },
  },
  {
    name: 'release: of a token that is unknown, unused, revoked or not one-time resolves and changes nothing',
    run: async (harness) => {
      const unused = await issue(harness, { oneTime: true });
      const reusable = await issue(harness);
      const revoked = await issue(harness, { oneTime: true });
      await harness.store.redeem(revoked.digest, sampleSession(1));
      await harness.store.revoke(revoked.digest);
      for (const digest of [sampleDigest(), unused.digest, reusable.digest, revoked.digest]) {
        await harness.store.release(digest, sampleSession(1));
      }
      expect((await harness.store.redeem(unused.digest, sampleSession(2))).kind).toBe('opened');
      expect((await harness.store.redeem(reusable.digest, sampleSession(2))).kind).toBe('opened');
      expect((await harness.store.redeem(revoked.digest, sampleSession(2))).kind).toBe('unknown');
    },
  },
  {
    name: 'release: while others try, a one-time token is never held by two',
    run: async (harness) => {
      const { digest } = await issue(harness, { oneTime: true });
      const side = sides(harness);
      let holders = 0;
      const contend = async (n: number) => {
        for (let turn = 0; turn < 10; turn++) {
          const { kind } = await side(n).redeem(digest, sampleSession(n));
          if (kind !== 'opened') continue;
          holders += 1;
          expect(holders, 'sessions that hold the token').toBe(1);
          await new Promise((resolve) => setImmediate(resolve));
          holders -= 1;
          await side(n).release(digest, sampleSession(n));
        }
      };
      await Promise.all(Array.from({ length: 8 }, (_, n) => contend(n)));
    },
  },
  {
    name: 'peer: another process sees what this one puts, spends, releases and revokes',
    needs: 'peer',
    run: async (harness) => {
      const { store, peer = store } = harness;
      const { digest, authorization } = await issue(harness, { oneTime: true });
      expect(await peer.find(digest)).toEqual(authorization);
      expect((await store.redeem(digest, sampleSession(1))).kind).toBe('opened');
      expect((await peer.redeem(digest, sampleSession(2))).kind).toBe('spent');
      expect((await peer.redeem(digest, sampleSession(1))).kind).toBe('joined');
      await store.release(digest, sampleSession(1));
      expect((await peer.redeem(digest, sampleSession(2))).kind).toBe('opened');
      expect(await peer.revokeServer(authorization.serverId)).toBe(1);
      expect(await store.find(digest)).toBeUndefined();
    },
  },
];
