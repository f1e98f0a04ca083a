import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { session } from '../../test/fakes.js';
import type { TokenDigest } from '../token/console-token.js';
import type { ConsoleSession } from './console-session.js';
import { LocalCluster } from './local-cluster.js';
import { SESSION_SUBJECTS, subjectOf } from './session-limits.js';

const LIMITS = { token: 2, server: 3, user: 4, project: 5 };
const LAST_WORDS = 'close one and try again';

describe('the sessions of one process', () => {
  it('keep the limits in any order of coming and going, and give every place back', async () => {
    const one = fc.constantFrom('a', 'b', '__proto__');
    const step = fc.record({ leaves: fc.boolean(), token: one, server: one, user: one, project: one });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { sessions } = new LocalCluster();
        const inside: ConsoleSession[] = [];
        for (const [n, { leaves, token, server, user, project }] of steps.entries()) {
          const gone = leaves ? inside.shift() : undefined;
          if (gone) await sessions.close(gone);
          const next = session({
            id: `${n}`,
            digest: token as TokenDigest,
            serverId: server,
            userId: user,
            projectId: project,
          });
          const full = SESSION_SUBJECTS.find(
            (subject) =>
              inside.filter((other) => subjectOf(other, subject) === subjectOf(next, subject)).length >=
              LIMITS[subject],
          );
          if (full) await expect(sessions.open(next, LIMITS)).rejects.toThrow(LAST_WORDS);
          else await sessions.open(next, LIMITS).then(() => inside.push(next));
          expect(await sessions.list({})).toHaveLength(inside.length);
        }
      }),
    );
  });

  it('are seen as they are now, in copies', async () => {
    const { sessions } = new LocalCluster();
    const live = { ...session(), bytesDown: 1 };
    await sessions.open(live, {});
    const before = await sessions.find(live.id);
    live.bytesDown = 2;
    expect(before).toMatchObject({ bytesDown: 1 });
    expect(await sessions.list({})).toMatchObject([{ bytesDown: 2 }]);
  });

  it('may be closed twice', async () => {
    const { sessions } = new LocalCluster();
    await sessions.open(session(), { user: 1 });
    await sessions.close(session());
    await sessions.close(session());
    await sessions.open(session(), { user: 1 });
    await expect(sessions.open(session({ id: 'other' }), { user: 1 })).rejects.toThrow(LAST_WORDS);
  });
});

describe('the messages of one process', () => {
  it('reach its own listeners, until they stop listening', async () => {
    const { messages } = new LocalCluster();
    const heard: string[] = [];
    const stop = messages.receive(({ kind }) => heard.push(`one ${kind}`));
    messages.receive(({ kind }) => heard.push(`two ${kind}`));
    await messages.send({ kind: 'terminate-session', sessionId: 's' });
    stop();
    await messages.send({ kind: 'end-server', serverId: 's', event: 'stopped' });
    expect(heard).toEqual(['one terminate-session', 'two terminate-session', 'two end-server']);
  });
});
