import { CONSOLE_TYPES } from '@remote-consoles/core';
import { expect } from 'vitest';
import type { ContractCheck } from '../contract.js';
import { DEFAULT_DEADLINE, eventually, rejectsWith, within } from '../expectations.js';
import type { ClusterHarness } from './cluster-harness.js';
import { sampleSession } from './sample-session.js';

/** ms within which a change of a session is seen */
const SEEN = 2000;
/** ms within which the sessions of a process that died are gone */
const FORGOTTEN = 10_000;

/** The directory says what is open, now and everywhere. */
export const sessionChecks: readonly ContractCheck<ClusterHarness>[] = [
  {
    name: 'find: gives every field of what was entered',
    run: async ({ cluster: { sessions } }) => {
      const full = sampleSession({ security: 'x509vnc', bytesDown: 2 ** 40, bytesUp: 7 });
      const bare = sampleSession({ clientAddress: undefined });
      for (const session of [full, bare]) {
        await sessions.open(session, {});
        expect(await sessions.find(session.id)).toEqual(session);
      }
    },
  },
  {
    name: 'find: a session that was never entered is undefined',
    run: async ({ cluster: { sessions } }) => {
      await sessions.open(sampleSession(), {});
      for (const id of ['', '*', '__proto__', 'no-such']) expect(await sessions.find(id)).toBeUndefined();
    },
  },
  {
    name: 'find and list: show what has become of a session within 2 s',
    run: async ({ cluster, peer = cluster, seenWithin = SEEN }) => {
      const session = sampleSession();
      await cluster.sessions.open(session, {});
      Object.assign(session, {
        security: 'vnc',
        bytesDown: 5,
        bytesUp: 6,
        lastActivity: session.openedAt + 9,
      });
      await eventually(seenWithin, 'the session as it is now', async () => {
        expect(await peer.sessions.find(session.id)).toEqual(session);
        expect(await peer.sessions.list({})).toEqual([session]);
      });
    },
  },
  {
    name: 'list: all sessions, or those that have everything that is asked for',
    run: async ({ cluster: { sessions } }) => {
      const one = sampleSession({ serverId: 's', projectId: 'p', userId: 'u', type: 'novnc' });
      const two = sampleSession({ serverId: 's', projectId: 'p', userId: 'v', type: 'serial' });
      const three = sampleSession({ serverId: '*', projectId: 'q', userId: 'u', type: 'serial' });
      for (const session of [one, two, three]) await sessions.open(session, {});
      const ids = async (filter: Parameters<typeof sessions.list>[0]) =>
        (await sessions.list(filter)).map(({ id }) => id).sort();
      const idsOf = (...some: { id: string }[]) => some.map(({ id }) => id).sort();
      expect(await ids({})).toEqual(idsOf(one, two, three));
      expect(await ids({ serverId: 's' })).toEqual(idsOf(one, two));
      expect(await ids({ serverId: '*' })).toEqual(idsOf(three));
      expect(await ids({ projectId: 'p', type: 'serial' })).toEqual(idsOf(two));
      expect(await ids({ userId: 'u' })).toEqual(idsOf(one, three));
      expect(await ids({ userId: 'u', serverId: 'none' })).toEqual([]);
    },
  },
  {
    name: 'list: misses none of many',
    run: async ({ cluster: { sessions } }) => {
      const many = Array.from({ length: 1200 }, (_, n) =>
        sampleSession({ type: CONSOLE_TYPES[n % CONSOLE_TYPES.length] ?? 'novnc' }),
      );
      await Promise.all(many.map((session) => sessions.open(session, {})));
      const ids = (await sessions.list({})).map(({ id }) => id).sort();
      expect(ids).toEqual(many.map(({ id }) => id).sort());
    },
  },
  {
    name: 'close: the session is gone, also the second time and where it never was',
    run: async ({ cluster: { sessions } }) => {
      const [session, other] = [sampleSession(), sampleSession()];
      await sessions.open(session, {});
      await sessions.open(other, {});
      await sessions.close(session);
      await sessions.close(session);
      await sessions.close(sampleSession());
      expect(await sessions.find(session.id)).toBeUndefined();
      expect(await sessions.list({})).toEqual([other]);
    },
  },
  {
    name: 'close: ends also a session that is just being entered',
    run: async ({ cluster: { sessions } }) => {
      const session = sampleSession();
      const opening = sessions.open(session, { user: 1 });
      const closing = sessions.close(session);
      await Promise.all([opening, closing]);
      expect(await sessions.list({})).toEqual([]);
      await sessions.open(sampleSession({ userId: session.userId }), { user: 1 });
    },
  },
  {
    name: "another process sees a session, and that it is closed; it cannot close another's",
    needs: 'peer',
    run: async ({ cluster, peer = cluster }) => {
      const session = sampleSession();
      await cluster.sessions.open(session, {});
      expect(await peer.sessions.find(session.id)).toEqual(session);
      await peer.sessions.close(session);
      expect(await peer.sessions.list({})).toEqual([session]);
      await cluster.sessions.close(session);
      expect(await peer.sessions.list({})).toEqual([]);
    },
  },
  {
    name: 'a process that dies takes its sessions and their places with it within 10 s, and no others',
    needs: 'crash',
    run: async ({ cluster, peer = cluster, crash, forgottenWithin = FORGOTTEN }) => {
      const [lost, kept] = [sampleSession(), sampleSession()];
      await cluster.sessions.open(lost, {});
      await peer.sessions.open(kept, {});
      await crash?.();
      await eventually(forgottenWithin, 'the end of the session', async () => {
        expect(await peer.sessions.list({})).toEqual([kept]);
      });
      expect(await peer.sessions.find(lost.id)).toBeUndefined();
      await peer.sessions.open(sampleSession({ serverId: lost.serverId }), { server: 1 });
    },
  },
  {
    name: 'unavailable: open, find and list say token-store-unavailable in bounded time, and close ends',
    needs: 'makeUnavailable',
    run: async ({ cluster: { sessions }, makeUnavailable, deadline = DEFAULT_DEADLINE }) => {
      const session = sampleSession();
      await sessions.open(session, {});
      await makeUnavailable?.();
      const code = 'token-store-unavailable';
      await rejectsWith(code, 'open', sessions.open(sampleSession(), {}), deadline);
      await rejectsWith(code, 'find', sessions.find(session.id), deadline);
      await rejectsWith(code, 'list', sessions.list({}), deadline);
      await within(deadline, 'close', sessions.close(session));
    },
  },
];
