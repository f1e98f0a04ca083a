import { describe, expect, it } from 'vitest';
import {
  admin,
  CONTEXT,
  FakeClock,
  foreigner,
  member,
  OTHER_PROJECT,
  PROJECT,
  RecordingAudit,
  reader,
  session,
} from '../../test/fakes.js';
import { tokenStoreUnavailable } from '../errors.js';
import type { Credentials } from '../policy/credentials.js';
import { parsePolicyExpression } from '../policy/parse-policy.js';
import { Policy } from '../policy/policy.js';
import type { ClusterMessage } from '../ports/cluster-messages.js';
import type { ConsoleSession, SessionFilter } from '../session/console-session.js';
import { LocalCluster } from '../session/local-cluster.js';
import { ListSessions } from './list-sessions.js';
import { ShowSession } from './show-session.js';
import { TerminateSession } from './terminate-session.js';

const own = session({ id: 'own' });
const colleagues = session({ id: 'colleagues', userId: 'user-colleague', type: 'serial', serverId: 's2' });
const theirs = session({ id: 'theirs', projectId: OTHER_PROJECT, userId: 'user-other' });
const unscoped = { userId: 'x', roles: ['member', 'reader'] };

async function setUp(policy = new Policy(), sessions: readonly ConsoleSession[] = [own, colleagues, theirs]) {
  const cluster = new LocalCluster();
  for (const each of sessions) await cluster.sessions.open(each, {});
  const heard: ClusterMessage[] = [];
  cluster.messages.receive((message) => heard.push(message));
  const [audit, clock] = [new RecordingAudit(), new FakeClock()];
  const list = new ListSessions({ sessions: cluster.sessions, policy });
  const ids = async (credentials: Credentials, filter: SessionFilter = {}) =>
    (await list.execute({ credentials, filter, limit: 10 })).sessions.map(({ id }) => id);
  const show = new ShowSession({ sessions: cluster.sessions, policy });
  const end = new TerminateSession({ cluster, policy, audit, clock });
  return { cluster, heard, audit, clock, list, ids, show, end };
}

const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => 'granted',
    (error: { code?: string }) => error.code,
  );

describe('ListSessions', () => {
  it('lists all for an administrator, the own project for a member, and nothing of others', async () => {
    const { ids } = await setUp();
    expect(await ids(admin)).toEqual(['colleagues', 'own', 'theirs']);
    expect(await ids(member)).toEqual(['colleagues', 'own']);
    expect(await ids(foreigner)).toEqual(['theirs']);
  });

  it.each<[string, Credentials]>([
    ['a reader', reader],
    ['a user without project', unscoped],
  ])('refuses %s', async (_who, credentials) => {
    const { ids } = await setUp();
    expect(await refusal(ids(credentials))).toBe('forbidden');
  });

  it('filters', async () => {
    const { ids } = await setUp();
    expect(await ids(admin, { projectId: OTHER_PROJECT })).toEqual(['theirs']);
    expect(await ids(admin, { userId: 'user-colleague' })).toEqual(['colleagues']);
    expect(await ids(admin, { serverId: 's2', type: 'serial' })).toEqual(['colleagues']);
    expect(await ids(admin, { serverId: 's2', type: 'novnc' })).toEqual([]);
    expect(await ids(member, { projectId: PROJECT })).toEqual(['colleagues', 'own']);
  });

  it('knows nothing of another project, also where it is asked for by name', async () => {
    const { ids } = await setUp();
    expect(await ids(member, { projectId: OTHER_PROJECT })).toEqual([]);
  });

  it('asks the rule about each session', async () => {
    const rule = parsePolicyExpression('role:member and user_id:%(user_id)s');
    const { ids } = await setUp(new Policy({ 'remote_consoles:sessions:index': rule }));
    expect(await ids(member)).toEqual(['own']);
  });

  it('comes in pages that miss nothing though sessions end meanwhile', async () => {
    const many = Array.from({ length: 5 }, (_, n) => session({ id: `s${n}` }));
    const { list, cluster } = await setUp(new Policy(), [...many].reverse());
    const page = (marker?: string) =>
      list.execute({ credentials: member, filter: {}, limit: 2, ...(marker !== undefined && { marker }) });
    const ids = ({ sessions }: Awaited<ReturnType<typeof page>>) => sessions.map(({ id }) => id);
    const first = await page();
    expect(ids(first)).toEqual(['s0', 's1']);
    expect(first.more).toBe(true);
    await cluster.sessions.close(session({ id: 's1' }));
    const second = await page('s1');
    expect(ids(second)).toEqual(['s2', 's3']);
    const last = await page('s3');
    expect(ids(last)).toEqual(['s4']);
    expect(last.more).toBe(false);
  });
});

describe('one session', () => {
  it.each<[string, Credentials, string]>([
    ['its user', member, 'granted'],
    ['an administrator elsewhere', admin, 'granted'],
    ['a reader of the project', reader, 'forbidden'],
    ['a member elsewhere', foreigner, 'session-not-found'],
    ['a user without project', unscoped, 'session-not-found'],
  ])('%s: %s', async (_who, credentials, outcome) => {
    const { show, end, heard } = await setUp();
    expect(await refusal(show.execute({ credentials, sessionId: 'own' }))).toBe(outcome);
    expect(await refusal(end.execute({ credentials, sessionId: 'own', context: CONTEXT }))).toBe(outcome);
    expect(heard).toHaveLength(outcome === 'granted' ? 1 : 0);
  });

  it('is shown with all that is known', async () => {
    const { show } = await setUp();
    expect(await show.execute({ credentials: member, sessionId: 'own' })).toEqual(own);
  });

  it('is ended by a message to whoever holds it, and recorded', async () => {
    const { end, heard, audit, clock } = await setUp();
    await end.execute({ credentials: admin, sessionId: 'own', context: CONTEXT });
    expect(heard).toEqual([{ kind: 'terminate-session', sessionId: 'own' }]);
    expect(audit.events).toEqual([
      {
        action: 'console.terminate',
        outcome: 'success',
        at: clock.time,
        ...CONTEXT,
        sessionId: 'own',
        userId: admin.userId,
        projectId: OTHER_PROJECT,
        serverId: own.serverId,
        type: 'novnc',
      },
    ]);
  });

  it('that is not there is a record of a failure that says nothing about it', async () => {
    const { end, audit } = await setUp();
    for (const sessionId of ['theirs', 'nonsense']) {
      expect(await refusal(end.execute({ credentials: member, sessionId, context: CONTEXT }))).toBe(
        'session-not-found',
      );
      expect(audit.events.at(-1)).toMatchObject({
        outcome: 'failure',
        reason: 'session-not-found',
        sessionId,
      });
      expect(audit.events.at(-1)).not.toHaveProperty('serverId');
    }
  });

  it('whose gateway cannot be told is not reported as ended', async () => {
    const { end, cluster, audit } = await setUp();
    cluster.messages.send = async () => {
      throw tokenStoreUnavailable();
    };
    expect(await refusal(end.execute({ credentials: member, sessionId: 'own', context: CONTEXT }))).toBe(
      'token-store-unavailable',
    );
    expect(audit.events).toMatchObject([{ outcome: 'failure', reason: 'token-store-unavailable' }]);
  });
});
