import type { ClusterMessage, ClusterPort, TokenStore } from '@remote-consoles/core';
import { describeCluster } from '@remote-consoles/testkit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RedisServer, redisIsInstalled } from '../../../scripts/fixtures/redis-server.js';
import { createStore, type LogLine, sampleSession } from './create-store.js';

const PORT = 20_620;

let redis: RedisServer;
let lines: LogLine[] = [];
const stores: TokenStore[] = [];

const eventually = (attempt: () => unknown, timeout = 15_000) =>
  vi.waitFor(attempt, { timeout, interval: 50 });

/** One process's part of the cluster. */
async function join(config: object = {}): Promise<ClusterPort> {
  const store = await createStore({ url: redis.url, timeout: 0.5, ...config }, lines);
  stores.push(store);
  if (!store.cluster) throw new Error('the store has no cluster');
  return store.cluster;
}

function listen({ messages }: ClusterPort): ClusterMessage[] {
  const heard: ClusterMessage[] = [];
  messages.receive((message) => heard.push(message));
  return heard;
}

const terminate = (sessionId: string): ClusterMessage => ({ kind: 'terminate-session', sessionId });

describe.skipIf(!redisIsInstalled())('processes on one real Redis', () => {
  beforeEach(async () => {
    lines = [];
    redis = await RedisServer.start(PORT);
  });
  afterEach(async () => {
    redis.thaw();
    await Promise.all(stores.splice(0).map((store) => store.close()));
    await redis.stop();
  });

  describeCluster('Redis', async () => {
    // More than a thousand sessions at once are not what a short deadline is about.
    const cluster = await join({ timeout: 2 });
    const own = stores.at(-1);
    const peer = await join({ timeout: 2 });
    return {
      cluster,
      peer,
      deadline: 5000,
      // What a process that is killed does: nothing more.
      crash: () => own?.close(),
      makeUnavailable: () => redis.freeze(),
    };
  });

  it('share nothing with processes of another key prefix', async () => {
    const [own, other] = [await join(), await join({ keyPrefix: 'other:' })];
    const heard = listen(other);
    await own.sessions.open(sampleSession(), {});
    await own.messages.send(terminate('s'));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await other.sessions.list({})).toEqual([]);
    expect(heard).toEqual([]);
  });

  it('leave nothing in Redis that does not expire, and no secret', async () => {
    const own = await join();
    await own.sessions.open(sampleSession(), { user: 5 });
    await own.messages.send(terminate('s'));
    const keys = redis.cli('keys', '*').split('\n');
    expect(keys.length).toBeGreaterThanOrEqual(4);
    for (const key of keys) expect(Number(redis.cli('pttl', key)), key).toBeGreaterThan(0);
  });

  it('beat once a second in one command, however many sessions there are and though nothing moves', async () => {
    const own = await join({ timeout: 5 });
    await Promise.all(Array.from({ length: 1000 }, () => own.sessions.open(sampleSession(), {})));
    const calls = () => Number(/cmdstat_evalsha:calls=(\d+)/.exec(redis.cli('info', 'commandstats'))?.[1]);
    const before = calls();
    await new Promise((resolve) => setTimeout(resolve, 3200));
    expect(calls() - before).toBeGreaterThanOrEqual(2);
    expect(calls() - before).toBeLessThanOrEqual(4);
  });

  it('beat no more when their last session has closed', async () => {
    const own = await join();
    const session = sampleSession();
    await own.sessions.open(session, {});
    await own.sessions.close(session);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const calls = () => redis.cli('info', 'commandstats').match(/cmdstat_evalsha:calls=\d+/)?.[0];
    const before = calls();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(calls()).toBe(before);
  });

  it('have their sessions listed again after Redis lost everything, with the limits as before', async () => {
    const [own, other] = [await join(), await join()];
    const kept = sampleSession({ serverId: 'one' });
    const ended = sampleSession({ serverId: 'one' });
    for (const session of [kept, ended]) await own.sessions.open(session, {});
    await redis.kill();
    await own.sessions.close(ended);
    kept.bytesDown = 77;
    await redis.start();
    await eventually(async () =>
      expect(await other.sessions.list({})).toMatchObject([{ id: kept.id, bytesDown: 77 }]),
    );
    await expect(
      other.sessions.open(sampleSession({ serverId: 'one' }), { server: 1 }),
    ).rejects.toMatchObject({
      code: 'limit-exceeded',
    });
    await other.sessions.open(sampleSession({ serverId: 'one' }), { server: 2 });
  });

  it('have no session left over that closed while Redis was frozen', async () => {
    const [own, other] = [await join(), await join()];
    const session = sampleSession();
    await own.sessions.open(session, {});
    redis.freeze();
    await own.sessions.close(session);
    redis.thaw();
    await eventually(async () => expect(await other.sessions.list({})).toEqual([]));
    await eventually(() => other.sessions.open(sampleSession({ userId: session.userId }), { user: 1 }));
  });

  it('get, in order and once, what was sent while they were cut off', async () => {
    const [sender, cutOff] = [await join(), await join()];
    const heard = listen(cutOff);
    await sender.messages.send(terminate('before'));
    await eventually(() => expect(heard).toEqual([terminate('before')]));
    const blocked = redis
      .cli('client', 'list')
      .split('\n')
      .filter((line) => line.includes('cmd=xread'));
    const ids = blocked.map((line) => /^id=(\d+)/.exec(line)?.[1] ?? '');
    expect(ids).toHaveLength(1);
    for (const id of ids) redis.cli('client', 'kill', 'id', id);
    await sender.messages.send(terminate('meanwhile 1'));
    await sender.messages.send(terminate('meanwhile 2'));
    await eventually(() =>
      expect(heard).toEqual(['before', 'meanwhile 1', 'meanwhile 2'].map((id) => terminate(id))),
    );
  });

  it('hear each other again after Redis came back empty, also what was sent before they listened again', async () => {
    const [sender, listener] = [await join(), await join()];
    const heard = listen(listener);
    await sender.messages.send(terminate('before'));
    await eventually(() => expect(heard).toHaveLength(1));
    await redis.kill();
    await redis.start();
    await eventually(() => sender.messages.send(terminate('after')));
    await eventually(() => expect(heard.at(-1)).toEqual(terminate('after')));
    expect(lines.map(({ message }) => message)).toContain('hears other processes again');
  });

  it('hear each other where Redis came later than they', async () => {
    await redis.kill();
    const [sender, listener] = [await join(), await join()];
    const heard = listen(listener);
    await redis.start();
    await eventually(() => sender.messages.send(terminate('s')));
    await eventually(() => expect(heard).toContainEqual(terminate('s')));
  });

  it('are told nothing of what was sent before they were there', async () => {
    const sender = await join();
    await sender.messages.send(terminate('old'));
    const late = listen(await join());
    await sender.messages.send(terminate('new'));
    await eventually(() => expect(late).toEqual([terminate('new')]));
  });

  it('ignore what others wrote into our keys', async () => {
    const own = await join();
    const heard = listen(own);
    const session = sampleSession();
    await own.sessions.open(session, {});
    const key = redis.cli('keys', 'remote-consoles:sessions:*');
    redis.cli('hset', key, 'nonsense', 'not json', 'later', '{"id":"later","type":"hologram"}');
    redis.cli('xadd', 'remote-consoles:messages', '*', 'nonsense', 'x');
    redis.cli(
      'xadd',
      'remote-consoles:messages',
      '*',
      'from',
      'x',
      'message',
      '{"kind":"of a later version"}',
    );
    await (await join()).messages.send(terminate('s'));
    await eventually(() => expect(heard).toEqual([terminate('s')]));
    expect(await own.sessions.list({})).toMatchObject([{ id: session.id }]);
    expect(await own.sessions.find('later')).toBeUndefined();
  });
});
