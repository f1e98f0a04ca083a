import { setTimeout as sleep } from 'node:timers/promises';
import type { TokenStore } from '@remote-consoles/core';
import { describeTokenStore } from '@remote-consoles/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RedisServer, redisIsInstalled } from '../../../scripts/fixtures/redis-server.js';
import { createStore, sampleToken, sha256 } from './create-store.js';

const SESSION = sha256('a session key');

describe.skipIf(!redisIsInstalled())('a real Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await RedisServer.start(20_600);
  });
  afterAll(() => redis?.stop());

  describeTokenStore(
    'Redis',
    async () => {
      redis.cli('flushall');
      const [store, peer] = [await createStore({ url: redis.url }), await createStore({ url: redis.url })];
      return {
        store,
        peer,
        deadline: 4000,
        now: () => Date.now(),
        advance: async (ms) => {
          await sleep(ms + 5);
        },
        makeUnavailable: () => redis.freeze(),
        dispose: async () => {
          redis.thaw();
          await Promise.all([store.close(), peer.close()]);
        },
      };
    },
    { lacks: ['capacity'] },
  );

  describe('what Redis holds and does', () => {
    let store: TokenStore;
    beforeAll(async () => {
      store = await createStore({ url: redis.url, keyPrefix: 'mine:' });
    });
    afterAll(() => store?.close());

    /** A number that `INFO` shows. */
    const info = (section: string, name: RegExp) => Number(name.exec(redis.cli('info', section))?.[1] ?? 0);
    const scripts = () => ({
      evalsha: info('commandstats', /cmdstat_evalsha:calls=(\d+)/),
      eval: info('commandstats', /cmdstat_eval:calls=(\d+)/),
    });
    const reads = () => info('stats', /total_reads_processed:(\d+)/);

    it('is digests: neither a token nor a session key', async () => {
      redis.cli('flushall');
      const { digest, authorization } = sampleToken();
      await store.put(digest, authorization);
      await store.redeem(digest, SESSION);
      const keys = redis.cli('keys', '*').split('\n').sort();
      expect(keys).toEqual(['mine:server:one', `mine:token:${digest}`]);
      const held = redis.cli('hgetall', `mine:token:${digest}`).split('\n');
      const fields = ['authorization', JSON.stringify(authorization), 'oneTime', '1', 'session', SESSION];
      expect(held.sort()).toEqual(fields.sort());
    });

    it('leaves by itself: every key expires, the index with its last token', async () => {
      redis.cli('flushall');
      const now = Date.now();
      const long = sampleToken({ expiresAt: now + 120_000 });
      const short = sampleToken({ expiresAt: now + 30_000 });
      await store.put(long.digest, long.authorization);
      await store.put(short.digest, short.authorization);
      const ttl = (key: string) => Number(redis.cli('pttl', key));
      expect(ttl(`mine:token:${short.digest}`)).toBeGreaterThan(25_000);
      expect(ttl(`mine:token:${short.digest}`)).toBeLessThanOrEqual(30_000);
      expect(ttl('mine:server:one')).toBeGreaterThan(115_000);
      await store.redeem(short.digest, SESSION);
      expect(ttl(`mine:token:${short.digest}`)).toBeLessThanOrEqual(30_000);
    });

    it('does not keep digests of expired tokens in the index', async () => {
      redis.cli('flushall');
      for (let n = 0; n < 5; n++) {
        const { digest, authorization } = sampleToken({ expiresAt: Date.now() + 50 });
        await store.put(digest, authorization);
      }
      await sleep(100);
      const { digest, authorization } = sampleToken();
      await store.put(digest, authorization);
      expect(redis.cli('zcard', 'mine:server:one')).toBe('1');
    });

    it('is one round trip for each method, together in one write where many are asked at once', async () => {
      const tokens = Array.from({ length: 40 }, () => sampleToken());
      const [first] = tokens;
      if (!first) throw new Error('no token');
      // Redis has seen each script from here on.
      await store.put(first.digest, first.authorization);
      await store.redeem(first.digest, SESSION);
      await store.release(first.digest, SESSION);
      await store.revokeServer('one');
      redis.cli('config', 'resetstat');
      await Promise.all(tokens.map(({ digest, authorization }) => store.put(digest, authorization)));
      expect(scripts()).toEqual({ evalsha: 40, eval: 0 });
      // redis-cli itself is read from a few times.
      expect(reads()).toBeLessThan(15);
      await store.redeem(first.digest, SESSION);
      await store.release(first.digest, SESSION);
      await store.find(first.digest);
      await store.revoke(first.digest);
      await store.revokeServer('one');
      expect(scripts()).toEqual({ evalsha: 43, eval: 0 });
    });

    it('is not disturbed by a forgotten script', async () => {
      const { digest, authorization } = sampleToken();
      await store.put(digest, authorization);
      redis.cli('script', 'flush');
      expect(await store.redeem(digest, SESSION)).toMatchObject({ kind: 'opened' });
      redis.cli('script', 'flush');
      const kinds = await Promise.all(
        Array.from({ length: 10 }, (_, n) => store.redeem(digest, sha256(`${n}`)).then(({ kind }) => kind)),
      );
      expect(new Set(kinds)).toEqual(new Set(['spent']));
    });

    it('is apart from that of another key prefix', async () => {
      const other = await createStore({ url: redis.url, keyPrefix: 'theirs:' });
      const { digest, authorization } = sampleToken();
      await store.put(digest, authorization);
      expect(await other.find(digest)).toBeUndefined();
      expect(await other.revokeServer('one')).toBe(0);
      expect(await store.find(digest)).toEqual(authorization);
      await other.close();
    });

    it('is apart from that of another database', async () => {
      const other = await createStore({ url: `${redis.url}/1`, keyPrefix: 'mine:' });
      const { digest, authorization } = sampleToken();
      await store.put(digest, authorization);
      expect(await other.find(digest)).toBeUndefined();
      await other.close();
    });

    it('is refused where somebody else wrote it', async () => {
      const { digest } = sampleToken();
      redis.cli('hset', `mine:token:${digest}`, 'authorization', '{"serverId":"x"}', 'oneTime', '0');
      await expect(store.find(digest)).rejects.toMatchObject({ code: 'token-store-unavailable' });
      await expect(store.redeem(digest, SESSION)).rejects.toMatchObject({ code: 'token-store-unavailable' });
      redis.cli('set', `mine:token:${digest}`, 'a string');
      await expect(store.redeem(digest, SESSION)).rejects.toMatchObject({ code: 'token-store-unavailable' });
    });
  });
});
