import type { ConsoleAuthorization, Redemption, TokenDigest } from '@remote-consoles/core';
import { describe, expect, it } from 'vitest';
import { failingChecks } from '../../test/failing-checks.js';
import { CAPACITY, ReferenceTokenStore, referenceHarness } from '../../test/reference-token-store.js';
import { describeTokenStore, tokenStoreChecks } from './token-store-contract.js';

describeTokenStore('the reference', () => referenceHarness());

const soon = () => new Promise((resolve) => setImmediate(resolve));

/** Each breaks one promise; the texts name checks that must notice. */
const BROKEN: readonly [string, new () => ReferenceTokenStore, readonly string[]][] = [
  [
    'forgets a field',
    class extends ReferenceTokenStore {
      override async put(digest: TokenDigest, authorization: ConsoleAuthorization) {
        const { connectInfo } = authorization;
        return super.put(digest, { ...authorization, connectInfo: { ...connectInfo, tlsPort: null } });
      }
    },
    ['find: gives every field of what was put'],
  ],
  [
    'gives the last token for any',
    class extends ReferenceTokenStore {
      override async find(digest: TokenDigest) {
        return this.live(digest)?.authorization ?? [...this.entries.values()].at(-1)?.authorization;
      }
    },
    ['find: a token that was never put is undefined'],
  ],
  [
    'keeps one token a server',
    class extends ReferenceTokenStore {
      override async put(digest: TokenDigest, authorization: ConsoleAuthorization) {
        await this.revokeServer(authorization.serverId);
        return super.put(digest, authorization);
      }
    },
    ['find: tells tokens of one server apart'],
  ],
  [
    'reads all, then writes all',
    class extends ReferenceTokenStore {
      override async put(digest: TokenDigest, authorization: ConsoleAuthorization) {
        const all = new Map(this.entries);
        await soon();
        await super.put(digest, authorization);
        for (const key of this.entries.keys()) {
          if (key !== digest && !all.has(key)) this.entries.delete(key);
        }
      }
    },
    ['put: many at once are all kept'],
  ],
  [
    'uses a token by looking',
    class extends ReferenceTokenStore {
      override async find(digest: TokenDigest) {
        const entry = this.live(digest);
        if (entry) entry.session = 'looked';
        return entry?.authorization;
      }
    },
    ['find: does not use a one-time token'],
  ],
  [
    'never expires anything',
    class extends ReferenceTokenStore {
      override live(digest: TokenDigest) {
        return this.down ? super.live(digest) : this.entries.get(digest);
      }
    },
    [
      'expiry: a token is valid before its time and gone after it',
      'expiry: a token whose life is zero is never valid',
      'revoke: there was no such token where it is unknown or expired',
      'revokeServer: counts neither expired nor revoked tokens',
    ],
  ],
  [
    'expires a millisecond late',
    class extends ReferenceTokenStore {
      override live(digest: TokenDigest) {
        this.time -= 1;
        const entry = super.live(digest);
        this.time += 1;
        return entry;
      }
    },
    [
      'expiry: a token is valid before its time and gone after it',
      'expiry: a token whose life is zero is never valid',
    ],
  ],
  [
    'clears everything when one expires',
    class extends ReferenceTokenStore {
      override live(digest: TokenDigest) {
        const before = this.entries.has(digest);
        const entry = super.live(digest);
        if (before && !entry) this.entries.clear();
        return entry;
      }
    },
    ['expiry: takes the one and leaves the other'],
  ],
  [
    'prolongs a token that is used',
    class extends ReferenceTokenStore {
      override async redeem(digest: TokenDigest, session: string) {
        const entry = this.live(digest);
        if (entry) {
          const authorization = { ...entry.authorization, expiresAt: this.time + 600_000 };
          this.entries.set(digest, { ...entry, authorization });
        }
        return super.redeem(digest, session);
      }
    },
    ['expiry: is not put off by redeem, release or find'],
  ],
  [
    'throws the oldest away when full',
    class extends ReferenceTokenStore {
      override async put(digest: TokenDigest, authorization: ConsoleAuthorization) {
        const [oldest] = this.entries.keys();
        if (oldest && this.entries.size >= CAPACITY) this.entries.delete(oldest);
        return super.put(digest, authorization);
      }
    },
    [
      'put: a full store refuses with token-store-full, keeps what it has, and takes tokens again after some expired',
    ],
  ],
  [
    'never opens anything',
    class extends ReferenceTokenStore {
      override async redeem(digest: TokenDigest): Promise<Redemption> {
        this.live(digest);
        return { kind: 'unknown' };
      }
    },
    ['redeem: a token that is not one-time always opens, for the same session too'],
  ],
  [
    'opens everything',
    class extends ReferenceTokenStore {
      override async redeem(digest: TokenDigest): Promise<Redemption> {
        const authorization = this.live(digest)?.authorization;
        return authorization
          ? { kind: 'opened', authorization }
          : { kind: 'opened', authorization: {} as ConsoleAuthorization };
      }
    },
    ['redeem: an unknown token is unknown'],
  ],
  [
    'takes every token for one-time',
    class extends ReferenceTokenStore {
      override async put(digest: TokenDigest, authorization: ConsoleAuthorization) {
        return super.put(digest, { ...authorization, oneTime: true });
      }
    },
    ['redeem: a token that is not one-time always opens, for the same session too'],
  ],
  [
    'counts sockets instead of sessions',
    class extends ReferenceTokenStore {
      override async redeem(digest: TokenDigest, session: string): Promise<Redemption> {
        const redemption = await super.redeem(digest, session);
        return redemption.kind === 'joined' ? { kind: 'spent' } : redemption;
      }
    },
    [
      'redeem: a one-time token opens for the first session, joins for the same one, is spent for others',
      'redeem: of many sockets of one session at once exactly one opens, the others join',
    ],
  ],
  [
    'deletes a spent token',
    class extends ReferenceTokenStore {
      override async redeem(digest: TokenDigest, session: string): Promise<Redemption> {
        const redemption = await super.redeem(digest, session);
        if (this.live(digest)?.session !== undefined) this.entries.delete(digest);
        return redemption;
      }
    },
    ['redeem: a spent token is still found', 'release: gives a one-time token back, to any session'],
  ],
  [
    'spends all tokens of the server',
    class extends ReferenceTokenStore {
      override async redeem(digest: TokenDigest, session: string): Promise<Redemption> {
        const redemption = await super.redeem(digest, session);
        if (redemption.kind === 'opened') for (const entry of this.entries.values()) entry.session = session;
        return redemption;
      }
    },
    ['redeem: spending one token leaves the others of the same server'],
  ],
  [
    'looks first and spends later',
    class extends ReferenceTokenStore {
      override async redeem(digest: TokenDigest, session: string): Promise<Redemption> {
        const entry = this.live(digest);
        if (!entry?.authorization.oneTime || entry.session !== undefined)
          return super.redeem(digest, session);
        await soon();
        entry.session = session;
        return { kind: 'opened', authorization: entry.authorization };
      }
    },
    [
      'redeem: of many sessions at once exactly one opens a one-time token',
      'redeem: of many sockets of one session at once exactly one opens, the others join',
      'release: while others try, a one-time token is never held by two',
    ],
  ],
  [
    'lets anybody release',
    class extends ReferenceTokenStore {
      override async release(digest: TokenDigest) {
        delete this.live(digest)?.session;
      }
    },
    ['release: by a session that does not hold the token changes nothing'],
  ],
  [
    'fails to release what is not held',
    class extends ReferenceTokenStore {
      override async release(digest: TokenDigest, session: string) {
        if (this.live(digest)?.session !== session) throw new Error('not held');
        return super.release(digest, session);
      }
    },
    ['release: of a token that is unknown, unused, revoked or not one-time resolves and changes nothing'],
  ],
  [
    'knows nothing of its peer',
    class extends ReferenceTokenStore {
      override join() {}
    },
    [
      'peer: another process sees what this one puts, spends, releases and revokes',
      'redeem: of many sessions at once exactly one opens a one-time token',
    ],
  ],
  [
    'looks first and revokes later',
    class extends ReferenceTokenStore {
      override async revoke(digest: TokenDigest) {
        const had = this.live(digest) !== undefined;
        await soon();
        await super.revoke(digest);
        return had;
      }
      override async revokeServer(serverId: string) {
        const own = [...this.entries].filter(([, entry]) => entry.authorization.serverId === serverId);
        await soon();
        await super.revokeServer(serverId);
        return own.length;
      }
    },
    [
      'revoke: of many at once exactly one finds the token',
      'revokeServer: twice at once counts each token once',
    ],
  ],
  [
    'revokes nothing',
    class extends ReferenceTokenStore {
      override async revoke(digest: TokenDigest) {
        return this.live(digest) !== undefined;
      }
      override async revokeServer(): Promise<number> {
        if (this.down) return super.revokeServer('');
        return this.entries.size;
      }
    },
    [
      'revoke: the token is gone, and only the first time says so',
      'revoke: takes a spent token from the session that holds it',
      "revokeServer: takes and counts all of a server's tokens and no other's",
    ],
  ],
  [
    'takes server ids for patterns',
    class extends ReferenceTokenStore {
      override async revokeServer(serverId: string) {
        const pattern =
          serverId === '*' ? [...this.entries.values()].map((e) => e.authorization.serverId) : [serverId];
        let count = 0;
        for (const id of pattern) count += await super.revokeServer(id);
        return count;
      }
    },
    ['revokeServer: takes a server id literally, whatever it looks like'],
  ],
  [
    'bans a server for ever',
    class extends ReferenceTokenStore {
      readonly #banned = new Set<string>();
      override async put(digest: TokenDigest, authorization: ConsoleAuthorization) {
        if (!this.#banned.has(authorization.serverId)) await super.put(digest, authorization);
      }
      override async revokeServer(serverId: string) {
        this.#banned.add(serverId);
        return super.revokeServer(serverId);
      }
    },
    ['revokeServer: leaves the server able to get new tokens'],
  ],
  [
    'loses the index of a server with its first expired token',
    class extends ReferenceTokenStore {
      override async revokeServer(serverId: string) {
        const own = [...this.entries].filter(([, entry]) => entry.authorization.serverId === serverId);
        if (own.some(([digest]) => !super.live(digest))) return 0;
        return super.revokeServer(serverId);
      }
    },
    ['revokeServer: counts neither expired nor revoked tokens'],
  ],
  [
    'forgets older tokens of a server when a new one comes after an expiry',
    class extends ReferenceTokenStore {
      override async put(digest: TokenDigest, authorization: ConsoleAuthorization) {
        const expired = [...this.entries.values()].some(
          (entry) => entry.authorization.expiresAt <= this.time,
        );
        if (expired) this.entries.clear();
        return super.put(digest, authorization);
      }
    },
    ['revokeServer: finds the long-lived token beside one that expired before it'],
  ],
  [
    'fails its check',
    class extends ReferenceTokenStore {
      override async check() {
        throw new Error('not ready');
      }
    },
    ['check: resolves while the store answers'],
  ],
  [
    'never closes',
    class extends ReferenceTokenStore {
      override close() {
        return new Promise<void>(() => undefined);
      }
    },
    ['close: ends in bounded time'],
  ],
  [
    'hangs when it is down',
    class extends ReferenceTokenStore {
      override live(digest: TokenDigest) {
        if (this.down) throw new Error('ECONNREFUSED');
        return super.live(digest);
      }
    },
    ['unavailable: every method says token-store-unavailable in bounded time'],
  ],
  [
    'waits for ever when it is down',
    class extends ReferenceTokenStore {
      override async put(digest: TokenDigest, authorization: ConsoleAuthorization) {
        if (this.down) return new Promise<void>(() => undefined);
        return super.put(digest, authorization);
      }
    },
    ['unavailable: every method says token-store-unavailable in bounded time'],
  ],
];

describe('a store that', () => {
  it.each(BROKEN)('%s is caught', async (_flaw, Broken, expected) => {
    const failed = await failingChecks(tokenStoreChecks, () => referenceHarness(() => new Broken()));
    expect(failed).toEqual(expect.arrayContaining([...expected]));
  });
});

describe('every check', () => {
  it('has a name of its own and fails for some broken store', () => {
    const names = tokenStoreChecks.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const caught = new Set(BROKEN.flatMap(([, , expected]) => expected));
    expect(names.filter((name) => !caught.has(name))).toEqual([]);
  });
});
