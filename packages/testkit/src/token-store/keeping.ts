import { CONSOLE_TYPES } from '@remote-consoles/core';
import { expect } from 'vitest';
import type { ContractCheck } from '../contract.js';
import { DEFAULT_DEADLINE, rejectsWith, within } from '../expectations.js';
import {
  issue,
  issueShort,
  SAMPLE_TTL,
  sampleAuthorization,
  sampleDigest,
  sampleSession,
} from './sample-authorization.js';
import type { TokenStoreHarness } from './token-store-harness.js';

const ODD_CONNECT_INFO = {
  host: '2001:db8::1',
  port: 65_535,
  tlsPort: 1,
  internalAccessPath: '/path?with="quotes"&\u0000nul\n and 漢字',
};

/** What is put is found until it expires, and then it is not. */
export const keepingChecks: readonly ContractCheck<TokenStoreHarness>[] = [
  {
    name: 'find: gives every field of what was put',
    run: async (harness) => {
      for (const type of CONSOLE_TYPES) {
        const { digest, authorization } = await issue(harness, { type, connectInfo: ODD_CONNECT_INFO });
        expect(await harness.store.find(digest)).toEqual(authorization);
      }
    },
  },
  {
    name: 'find: a token that was never put is undefined',
    run: async (harness) => {
      await issue(harness);
      expect(await harness.store.find(sampleDigest())).toBeUndefined();
    },
  },
  {
    name: 'find: tells tokens of one server apart',
    run: async (harness) => {
      const [a, b] = [await issue(harness, { userId: 'a' }), await issue(harness, { userId: 'b' })];
      expect(await harness.store.find(a.digest)).toEqual(a.authorization);
      expect(await harness.store.find(b.digest)).toEqual(b.authorization);
    },
  },
  {
    name: 'find: does not use a one-time token',
    run: async (harness) => {
      const { digest } = await issue(harness, { oneTime: true });
      await harness.store.find(digest);
      await harness.store.find(digest);
      expect((await harness.store.redeem(digest, sampleSession(1))).kind).toBe('opened');
    },
  },
  {
    name: 'put: many at once are all kept',
    run: async (harness) => {
      const count = Math.min(200, harness.capacity ?? 200);
      const tokens = await Promise.all(
        Array.from({ length: count }, (_, n) => issue(harness, { userId: `user ${n}` })),
      );
      const found = await Promise.all(tokens.map(({ digest }) => harness.store.find(digest)));
      expect(found).toEqual(tokens.map(({ authorization }) => authorization));
    },
  },
  {
    name: 'expiry: a token is valid before its time and gone after it',
    run: async (harness) => {
      const { digest, authorization } = await issueShort(harness);
      expect(await harness.store.find(digest)).toEqual(authorization);
      await harness.advance(SAMPLE_TTL);
      expect(await harness.store.find(digest)).toBeUndefined();
      expect(await harness.store.redeem(digest, sampleSession(1))).toEqual({ kind: 'unknown' });
    },
  },
  {
    name: 'expiry: takes the one and leaves the other',
    run: async (harness) => {
      const short = await issueShort(harness);
      const long = await issue(harness);
      await harness.advance(SAMPLE_TTL);
      expect(await harness.store.find(short.digest)).toBeUndefined();
      expect(await harness.store.find(long.digest)).toEqual(long.authorization);
    },
  },
  {
    name: 'expiry: a token whose life is zero is never valid',
    run: async (harness) => {
      const { digest } = await issue(harness, { expiresAt: harness.now() });
      expect(await harness.store.find(digest)).toBeUndefined();
      expect(await harness.store.redeem(digest, sampleSession(1))).toEqual({ kind: 'unknown' });
    },
  },
  {
    name: 'expiry: is not put off by redeem, release or find',
    run: async (harness) => {
      const { digest } = await issueShort(harness, { oneTime: true });
      await harness.advance(SAMPLE_TTL / 2);
      await harness.store.redeem(digest, sampleSession(1));
      await harness.store.release(digest, sampleSession(1));
      await harness.store.redeem(digest, sampleSession(1));
      await harness.store.find(digest);
      await harness.advance(SAMPLE_TTL / 2);
      expect(await harness.store.redeem(digest, sampleSession(1))).toEqual({ kind: 'unknown' });
      await harness.store.release(digest, sampleSession(1));
      expect(await harness.store.redeem(digest, sampleSession(2))).toEqual({ kind: 'unknown' });
    },
  },
  {
    name: 'put: a full store refuses with token-store-full, keeps what it has, and takes tokens again after some expired',
    needs: 'capacity',
    run: async (harness) => {
      const tokens = [];
      for (let n = 0; n < (harness.capacity ?? 0); n++) tokens.push(await issueShort(harness));
      const one = sampleAuthorization(harness);
      await rejectsWith('token-store-full', 'put into a full store', harness.store.put(sampleDigest(), one));
      for (const { digest, authorization } of tokens) {
        expect(await harness.store.find(digest)).toEqual(authorization);
      }
      await harness.advance(SAMPLE_TTL);
      const { digest, authorization } = await issue(harness);
      expect(await harness.store.find(digest)).toEqual(authorization);
    },
  },
  {
    name: 'check: resolves while the store answers',
    run: async ({ store, deadline = DEFAULT_DEADLINE }) => {
      await within(deadline, 'check', store.check());
    },
  },
  {
    name: 'close: ends in bounded time',
    run: async (harness) => {
      await issue(harness);
      await within(harness.deadline ?? DEFAULT_DEADLINE, 'close', harness.store.close());
    },
  },
  {
    name: 'unavailable: every method says token-store-unavailable in bounded time',
    needs: 'makeUnavailable',
    run: async (harness) => {
      const { digest, authorization } = await issue(harness);
      await harness.makeUnavailable?.();
      const { store, deadline } = harness;
      const calls: readonly [string, () => Promise<unknown>][] = [
        ['put', () => store.put(sampleDigest(), authorization)],
        ['find', () => store.find(digest)],
        ['redeem', () => store.redeem(digest, sampleSession(1))],
        ['release', () => store.release(digest, sampleSession(1))],
        ['revoke', () => store.revoke(digest)],
        ['revokeServer', () => store.revokeServer(authorization.serverId)],
        ['check', () => store.check()],
      ];
      for (const [name, call] of calls) {
        const refusal = await rejectsWith('token-store-unavailable', name, call(), deadline);
        expect(refusal.message, 'a message must not show a digest').not.toContain(digest);
      }
    },
  },
];
