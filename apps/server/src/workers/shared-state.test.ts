import {
  ConsoleError,
  type ConsoleSession,
  type TokenDigest,
  type TokenStore,
  tokenStoreUnavailable,
} from '@remote-consoles/core';
import { describeTokenStore } from '@remote-consoles/testkit';
import { MemoryTokenStore } from '@remote-consoles/token-store-memory';
import { describe, expect, it } from 'vitest';
import { type LinkMessage, ProcessLink } from './process-link.js';
import { SharedState } from './shared-state.js';
import type { SharedStateFunctions, WorkerLink } from './worker-functions.js';
import { createWorkerTokenStore } from './worker-token-store.js';

class TestClock {
  time = 1_700_000_000_000;
  now() {
    return this.time;
  }
}

/** As between processes: later, and a copy. */
const later = (receive: (message: LinkMessage) => void) => (message: LinkMessage) => {
  const copy = structuredClone(message);
  setImmediate(() => receive(copy));
};

function join(shared: SharedState): { store: TokenStore; link: WorkerLink } {
  const link: WorkerLink = new ProcessLink(
    { send: later((message) => worker.receive(message)) },
    1000,
    tokenStoreUnavailable,
  );
  const worker = new ProcessLink<SharedStateFunctions>(
    { send: later((message) => link.receive(message)) },
    1000,
    tokenStoreUnavailable,
  );
  link.serve(shared.join(link));
  return { store: createWorkerTokenStore(worker), link };
}

describeTokenStore(
  'as two workers see it',
  () => {
    const clock = new TestClock();
    const shared = new SharedState(new MemoryTokenStore({ clock, maxEntries: 16 }));
    return {
      store: join(shared).store,
      peer: join(shared).store,
      capacity: 16,
      now: () => clock.now(),
      advance: (ms: number) => {
        clock.time += ms;
      },
    };
  },
  { lacks: ['makeUnavailable'] },
);

function session(id: string, facts: Partial<ConsoleSession> = {}): ConsoleSession {
  return {
    id,
    gateway: 'here',
    serverId: 's',
    projectId: 'p',
    userId: 'u',
    type: 'novnc',
    digest: 'd'.repeat(64) as TokenDigest,
    requestId: 'req-1',
    clientAddress: '192.0.2.1',
    openedAt: 1,
    security: undefined,
    lastActivity: 1,
    bytesDown: 0,
    bytesUp: 0,
    ...facts,
  };
}

function twoWorkers() {
  const shared = new SharedState(new MemoryTokenStore({ clock: new TestClock(), maxEntries: 16 }));
  const [one, two] = [join(shared), join(shared)];
  const sessionsOf = ({ store }: typeof one) => {
    if (!store.cluster) throw new Error('there is no cluster');
    return store.cluster;
  };
  return { shared, one, two, first: sessionsOf(one), second: sessionsOf(two) };
}

describe('sessions of all workers', () => {
  it('are seen by each as they are now', async () => {
    const { first, second } = twoWorkers();
    const open = { ...session('a') };
    await first.sessions.open(open, {});
    Object.assign(open, { security: 'vnc', bytesDown: 7 });
    expect(await second.sessions.list({})).toEqual([{ ...session('a'), security: 'vnc', bytesDown: 7 }]);
    Object.assign(open, { bytesUp: 9 });
    expect(await second.sessions.find('a')).toMatchObject({ bytesUp: 9 });
    expect(await second.sessions.list({ serverId: 'other' })).toEqual([]);
    await first.sessions.close(open);
    expect(await second.sessions.find('a')).toBeUndefined();
  });

  it('count together against the limits', async () => {
    const { first, second } = twoWorkers();
    const free = session('free', { serverId: 'free' });
    await first.sessions.open(free, { server: Number.POSITIVE_INFINITY });
    await first.sessions.open(session('a'), { server: 2 });
    await second.sessions.open(session('b'), { server: 2 });
    const third = second.sessions.open(session('c'), { server: 2 });
    await expect(third).rejects.toMatchObject({ code: 'limit-exceeded' });
    await expect(third).rejects.toBeInstanceOf(ConsoleError);
    await first.sessions.close(session('a'));
    await second.sessions.open(session('c'), { server: 2 });
  });

  it('go with the worker that held them', async () => {
    const { shared, one, first, second } = twoWorkers();
    await first.sessions.open(session('a'), { server: 1 });
    await shared.leave(one.link);
    expect(await second.sessions.list({})).toEqual([]);
    await second.sessions.open(session('b'), { server: 1 });
  });

  it('are listed also while a worker does not answer', async () => {
    const { shared, second } = twoWorkers();
    const silent: WorkerLink = new ProcessLink({ send: () => silent.close() }, 1000, tokenStoreUnavailable);
    await shared.join(silent).openSession(session('x'), {});
    expect(await second.sessions.list({})).toEqual([session('x')]);
  });
});

describe('messages', () => {
  it('reach the listeners of all workers once', async () => {
    const { first, second } = twoWorkers();
    const heard: string[] = [];
    first.messages.receive(() => heard.push('first'));
    second.messages.receive(() => heard.push('second'));
    const stop = second.messages.receive(() => heard.push('stopped'));
    stop();
    await first.messages.send({ kind: 'terminate-session', sessionId: 'a' });
    expect(heard).toEqual(['first', 'second']);
  });
});

it('what is not answered in time is an error', async () => {
  const store = createWorkerTokenStore(new ProcessLink({ send: () => {} }, 5, tokenStoreUnavailable));
  await expect(store.check()).rejects.toEqual(tokenStoreUnavailable());
});

it('what a dead end was asked is answered at once', async () => {
  const store = createWorkerTokenStore(new ProcessLink({ send: () => {} }, 1000, tokenStoreUnavailable));
  const question = store.check();
  await store.close();
  await expect(question).rejects.toEqual(tokenStoreUnavailable());
});
