import {
  type ConsoleSession,
  SESSION_SUBJECTS,
  type SessionSubject,
  type TokenDigest,
} from '@remote-consoles/core';
import { expect } from 'vitest';
import type { ContractCheck } from '../contract.js';
import { rejectsWith } from '../expectations.js';
import type { ClusterHarness } from './cluster-harness.js';
import { sampleSession } from './sample-session.js';

/** Sessions of one token, server, user or project, and otherwise of nothing in common. */
function alike(subject: SessionSubject, name: string): ConsoleSession {
  switch (subject) {
    case 'token':
      return sampleSession({ digest: name as TokenDigest });
    case 'server':
      return sampleSession({ serverId: name });
    case 'user':
      return sampleSession({ userId: name });
    case 'project':
      return sampleSession({ projectId: name });
  }
}

/** No more get in than the limits say. */
export const limitChecks: readonly ContractCheck<ClusterHarness>[] = [
  ...SESSION_SUBJECTS.map(
    (subject): ContractCheck<ClusterHarness> => ({
      name: `open: no more sessions of one ${subject} than its limit; a refused one is not entered`,
      run: async ({ cluster: { sessions } }) => {
        const limits = { [subject]: 2 };
        const [first, second, third] = [1, 2, 3].map(() => alike(subject, '__proto__'));
        if (!first || !second || !third) throw new Error('three sessions are needed');
        await sessions.open(first, limits);
        await sessions.open(second, limits);
        await rejectsWith('limit-exceeded', 'a third session', sessions.open(third, limits));
        expect(await sessions.find(third.id)).toBeUndefined();
        await sessions.open(alike(subject, 'other'), limits);
        await sessions.close(first);
        await sessions.open(third, limits);
        await rejectsWith(
          'limit-exceeded',
          'one too many',
          sessions.open(alike(subject, '__proto__'), limits),
        );
      },
    }),
  ),
  {
    name: 'open: a subject without a limit is not counted against any, and infinity is none',
    run: async ({ cluster: { sessions } }) => {
      const all = { serverId: 's', userId: 'u', projectId: 'p' };
      await sessions.open(sampleSession(all), {});
      await sessions.open(sampleSession(all), { user: Number.POSITIVE_INFINITY });
      await sessions.open(sampleSession(all), { server: 3 });
      await rejectsWith('limit-exceeded', 'a fourth', sessions.open(sampleSession(all), { server: 3 }));
    },
  },
  {
    name: 'open: of many at once no more get in than the limit, whichever processes are asked',
    run: async ({ cluster, peer = cluster }) => {
      const attempts = Array.from({ length: 40 }, (_, n) => {
        const { sessions } = n % 2 === 0 ? cluster : peer;
        return sessions.open(sampleSession({ userId: 'u' }), { user: 5 }).then(
          () => true,
          () => false,
        );
      });
      expect((await Promise.all(attempts)).filter(Boolean)).toHaveLength(5);
      expect(await cluster.sessions.list({})).toHaveLength(5);
    },
  },
  {
    name: "open: another process's sessions count, until they are closed",
    needs: 'peer',
    run: async ({ cluster, peer = cluster }) => {
      const theirs = sampleSession({ serverId: 's' });
      await peer.sessions.open(theirs, {});
      const own = sampleSession({ serverId: 's' });
      const limits = { server: 1 };
      await rejectsWith('limit-exceeded', 'a second session', cluster.sessions.open(own, limits));
      await peer.sessions.close(theirs);
      await cluster.sessions.open(own, limits);
    },
  },
];
