import {
  type ClusterMessage,
  type ConsoleSession,
  LocalCluster,
  type SessionFilter,
  type SessionLimits,
} from '@remote-consoles/core';
import { describe, expect, it } from 'vitest';
import { failingChecks } from '../../test/failing-checks.js';
import { clusterHarness, ReferenceCluster, type SharedCluster } from '../../test/reference-cluster.js';
import { clusterChecks, describeCluster } from './cluster-contract.js';

describeCluster('the reference', () => clusterHarness());
describeCluster('one process', () => ({ cluster: new LocalCluster() }), {
  lacks: ['peer', 'crash', 'makeUnavailable'],
});

const LIMIT_CHECKS = ['token', 'server', 'user', 'project'].map(
  (subject) => `open: no more sessions of one ${subject} than its limit; a refused one is not entered`,
);

/** Each breaks one promise; the texts name checks that must notice. */
const BROKEN: readonly [string, new (shared: SharedCluster) => ReferenceCluster, readonly string[]][] = [
  [
    'forgets a field',
    class extends ReferenceCluster {
      override async find(id: string) {
        const found = await super.find(id);
        return found && { ...found, clientAddress: undefined };
      }
    },
    ['find: gives every field of what was entered'],
  ],
  [
    'gives any session for any id',
    class extends ReferenceCluster {
      override async find(id: string) {
        return (await super.find(id)) ?? (await super.list({}))[0];
      }
    },
    ['find: a session that was never entered is undefined'],
  ],
  [
    'never looks at a session again',
    class extends ReferenceCluster {
      override open(session: ConsoleSession, limits: SessionLimits) {
        return super.open({ ...session }, limits);
      }
    },
    ['find and list: show what has become of a session within 2 s'],
  ],
  [
    'does not filter',
    class extends ReferenceCluster {
      override list(_filter: SessionFilter) {
        return super.list({});
      }
    },
    ['list: all sessions, or those that have everything that is asked for'],
  ],
  [
    'lists the first page only',
    class extends ReferenceCluster {
      override async list(filter: SessionFilter) {
        return (await super.list(filter)).slice(0, 1000);
      }
    },
    ['list: misses none of many'],
  ],
  [
    'closes nothing',
    class extends ReferenceCluster {
      override async close() {}
    },
    ['close: the session is gone, also the second time and where it never was'],
  ],
  [
    'enters late',
    class extends ReferenceCluster {
      override async open(session: ConsoleSession, limits: SessionLimits) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        return super.open(session, limits);
      }
    },
    ['close: ends also a session that is just being entered'],
  ],
  [
    "closes others' sessions",
    class extends ReferenceCluster {
      override async close(session: ConsoleSession) {
        if (!this.down) await this.shared.local.sessions.close(session);
      }
    },
    ["another process sees a session, and that it is closed; it cannot close another's"],
  ],
  [
    'forgets all when one dies',
    class extends ReferenceCluster {
      override async crash() {
        for (const each of await this.list({})) await this.shared.local.sessions.close(each);
      }
    },
    ['a process that dies takes its sessions and their places with it within 10 s, and no others'],
  ],
  [
    'finds nothing when it is down',
    class extends ReferenceCluster {
      override async find(id: string) {
        return this.down ? undefined : super.find(id);
      }
    },
    ['unavailable: open, find and list say token-store-unavailable in bounded time, and close ends'],
  ],
  [
    'knows no limits',
    class extends ReferenceCluster {
      override open(session: ConsoleSession) {
        return super.open(session, {});
      }
    },
    LIMIT_CHECKS,
  ],
  [
    'takes a missing limit for one',
    class extends ReferenceCluster {
      override open(session: ConsoleSession, limits: SessionLimits) {
        return super.open(session, { user: 1, ...limits });
      }
    },
    ['open: a subject without a limit is not counted against any, and infinity is none'],
  ],
  [
    'counts, waits and enters',
    class extends ReferenceCluster {
      override async open(session: ConsoleSession, { user = Number.POSITIVE_INFINITY }: SessionLimits) {
        const { length } = await this.list({ userId: session.userId });
        await new Promise((resolve) => setImmediate(resolve));
        await super.open(session, { user: length < user ? Number.POSITIVE_INFINITY : 0 });
      }
    },
    ['open: of many at once no more get in than the limit, whichever processes are asked'],
  ],
  [
    'counts its own sessions alone',
    class extends ReferenceCluster {
      override open(session: ConsoleSession, limits: SessionLimits) {
        const own = [...this.own.values()].some(({ serverId }) => serverId === session.serverId);
        return super.open(session, own ? limits : {});
      }
    },
    ["open: another process's sessions count, until they are closed"],
  ],
  [
    'tells its own listeners twice',
    class extends ReferenceCluster {
      override async send(message: ClusterMessage) {
        this.tell(message);
        await super.send(message);
      }
    },
    ["send: this process's own listeners are told at once, and once"],
  ],
  [
    'goes on telling who has left',
    class extends ReferenceCluster {
      override receive(listener: (message: ClusterMessage) => void) {
        super.receive(listener);
        return () => {};
      }
    },
    ['receive: ends with the returned function, for that listener alone'],
  ],
  [
    'tells nobody else',
    class extends ReferenceCluster {
      override async send(message: ClusterMessage) {
        this.assertUp();
        this.tell(message);
      }
    },
    ['send: other processes are told within 1 s, in order'],
  ],
  [
    'tells nobody when it is down',
    class extends ReferenceCluster {
      override async send(message: ClusterMessage) {
        this.assertUp();
        await super.send(message);
      }
    },
    ['unavailable: send says token-store-unavailable, and has told this process all the same'],
  ],
];

describe('a cluster that', () => {
  it.each(BROKEN)('%s is caught', { timeout: 30_000 }, async (_flaw, Broken, expected) => {
    const named = clusterChecks.filter(({ name }) => expected.includes(name));
    expect(await failingChecks(named, () => clusterHarness((shared) => new Broken(shared)))).toEqual([
      ...expected,
    ]);
  });
});

describe('every check', () => {
  it('has a name of its own and fails for some broken cluster', () => {
    const names = clusterChecks.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const caught = new Set(BROKEN.flatMap(([, , expected]) => expected));
    expect(names.filter((name) => !caught.has(name))).toEqual([]);
  });
});
