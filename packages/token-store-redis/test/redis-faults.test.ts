import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { ClusterMessage, TokenStore } from '@remote-consoles/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RedisServer, redisIsInstalled } from '../../../scripts/fixtures/redis-server.js';
import { createStore, type LogLine, sampleSession, sampleToken, sha256 } from './create-store.js';

const PORT = 20_610;
const SESSION = sha256('a session key');
const unavailable = { code: 'token-store-unavailable' };

const opened: { servers: RedisServer[]; stores: TokenStore[]; directories: string[] } = {
  servers: [],
  stores: [],
  directories: [],
};
let lines: LogLine[] = [];

beforeEach(() => {
  lines = [];
});
afterEach(async () => {
  await Promise.all(opened.stores.splice(0).map((store) => store.close()));
  await Promise.all(opened.servers.splice(0).map((server) => server.stop()));
  await Promise.all(opened.directories.splice(0).map((each) => rm(each, { recursive: true })));
});

async function serve(...args: string[]) {
  const server = await RedisServer.start(PORT, ...args);
  opened.servers.push(server);
  return server;
}

async function open(config: object, directory?: string) {
  const store = await createStore({ timeout: 0.5, ...config }, lines, directory);
  opened.stores.push(store);
  return store;
}

const eventually = (attempt: () => unknown) => vi.waitFor(attempt, { timeout: 15_000, interval: 50 });

/** ms that a call takes to be refused */
async function refusalTime(call: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await expect(call()).rejects.toMatchObject(unavailable);
  return performance.now() - started;
}

describe.skipIf(!redisIsInstalled())('Redis that', () => {
  it('is killed: refuses at once, and serves again after it came back, tokens included', async () => {
    const redis = await serve('--appendonly', 'yes', '--appendfsync', 'always');
    const store = await open({ url: redis.url });
    const { digest, authorization } = sampleToken();
    await store.put(digest, authorization);
    await store.redeem(digest, SESSION);
    await redis.kill();
    await eventually(async () => expect(await refusalTime(() => store.find(digest))).toBeLessThan(100));
    await redis.start();
    await eventually(() => store.check());
    expect(await store.redeem(digest, SESSION)).toMatchObject({ kind: 'joined' });
    expect(await store.redeem(digest, sha256('other'))).toEqual({ kind: 'spent' });
  });

  it('is killed while it is asked: every call ends', async () => {
    const redis = await serve();
    const store = await open({ url: redis.url });
    const tokens = Array.from({ length: 200 }, () => sampleToken());
    redis.freeze();
    const calls = tokens.map(({ digest, authorization }) =>
      refusalTime(() => store.put(digest, authorization)),
    );
    await redis.kill();
    for (const time of await Promise.all(calls)) expect(time).toBeLessThan(2000);
  });

  it('is frozen: refuses in time, later at once, and serves again', async () => {
    const redis = await serve();
    const store = await open({ url: redis.url });
    const { digest, authorization } = sampleToken();
    await store.put(digest, authorization);
    redis.freeze();
    expect(await refusalTime(() => store.redeem(digest, SESSION))).toBeLessThan(1500);
    await eventually(async () => expect(await refusalTime(() => store.find(digest))).toBeLessThan(100));
    redis.thaw();
    await eventually(() => store.check());
    expect(await store.find(digest)).toEqual(authorization);
  });

  it('has become a replica: says unavailable, and serves again as a primary', async () => {
    const redis = await serve();
    const store = await open({ url: redis.url });
    const { digest, authorization } = sampleToken();
    await store.put(digest, authorization);
    redis.cli('replicaof', '127.0.0.1', '1');
    await expect(store.put(digest, authorization)).rejects.toMatchObject(unavailable);
    await expect(store.check()).rejects.toMatchObject(unavailable);
    redis.cli('replicaof', 'no', 'one');
    await eventually(() => store.put(digest, authorization));
  });

  it('is full: refuses new tokens as such, and keeps the others', async () => {
    const redis = await serve();
    const store = await open({ url: redis.url });
    const { digest, authorization } = sampleToken();
    await store.put(digest, authorization);
    redis.cli('config', 'set', 'maxmemory', '1');
    const further = sampleToken();
    await expect(store.put(further.digest, further.authorization)).rejects.toMatchObject({
      code: 'token-store-full',
    });
    await expect(store.redeem(digest, SESSION)).rejects.toMatchObject(unavailable);
    expect(await store.find(digest)).toEqual(authorization);
    redis.cli('config', 'set', 'maxmemory', '0');
    expect(await store.redeem(digest, SESSION)).toMatchObject({ kind: 'opened' });
  });

  it('is not there at the start: the store is created all the same, and works once Redis comes', async () => {
    const redis = await RedisServer.prepare(PORT);
    opened.servers.push(redis);
    const store = await open({ url: redis.url });
    await expect(store.check()).rejects.toMatchObject(unavailable);
    await redis.start();
    await eventually(() => store.check());
  });

  it('comes and goes: is logged once each time', async () => {
    const redis = await serve();
    const store = await open({ url: redis.url });
    await redis.kill();
    await eventually(async () => expect(lines).toHaveLength(1));
    await new Promise((resolve) => setTimeout(resolve, 700));
    await redis.start();
    await eventually(() => store.check());
    expect(lines.map(({ message }) => message)).toEqual([
      'Redis does not answer; no token can be issued or redeemed',
      'Redis answers again',
    ]);
  });
});

describe.skipIf(!redisIsInstalled())('an ACL user', () => {
  const acl = ['--user', 'consoles', 'on', '>the-acl-password', '~mine:*'];
  const commands = ['+evalsha', '+eval', '+hget', '+hmget', '+hset', '+hdel', '+del', '+set', '+time'];
  const index = ['+pexpire', '+pttl', '+zadd', '+zrange', '+zremrangebyscore', '+info', '+select'];
  const sessions = ['+hincrby', '+hexists', '+hscan', '+multi', '+exec', '+xadd', '+xread', '+xrevrange'];
  const config = (url: string) => ({
    url,
    username: 'consoles',
    keyPrefix: 'mine:',
    passwordFile: 'password',
  });

  it('needs no more than the commands that the README names', async () => {
    const redis = await serve(...acl, ...commands, ...index, ...sessions);
    await writeFile(join(redis.directory, 'password'), 'the-acl-password\n');
    const store = await open(config(redis.url), redis.directory);
    const { digest, authorization } = sampleToken();
    await store.put(digest, authorization);
    expect(await store.redeem(digest, SESSION)).toMatchObject({ kind: 'opened' });
    await store.release(digest, SESSION);
    expect(await store.find(digest)).toEqual(authorization);
    await store.check();
    expect(await store.revokeServer('one')).toBe(1);
    expect(await store.revoke(digest)).toBe(false);
    await useCluster(redis, store);
    expect(redis.cli('acl', 'log')).toBe('');
  });

  /** Everything that there is, a lost hash and a lost connection included. */
  async function useCluster(redis: RedisServer, { cluster }: TokenStore): Promise<void> {
    if (!cluster) throw new Error('the store has no cluster');
    const heard: ClusterMessage[] = [];
    cluster.messages.receive((message) => heard.push(message));
    const session = sampleSession();
    await cluster.sessions.open(session, { user: 1 });
    redis.cli('del', redis.cli('keys', 'mine:sessions:*'));
    await eventually(async () => expect(await cluster.sessions.find(session.id)).toEqual(session));
    expect(await cluster.sessions.list({})).toEqual([session]);
    redis.cli('client', 'kill', 'user', 'consoles');
    await eventually(() => expect(lines.at(-1)?.message).toBe('hears other processes again'));
    await eventually(() => cluster.messages.send({ kind: 'terminate-session', sessionId: session.id }));
    await cluster.sessions.close(session);
    await eventually(async () => expect(await cluster.sessions.list({})).toEqual([]));
    expect(heard.length).toBeGreaterThan(0);
  }

  it('with a wrong password is an outage that shows no password', async () => {
    const redis = await serve(...acl, ...commands, ...index, ...sessions);
    await writeFile(join(redis.directory, 'password'), 'not-the-acl-password');
    const store = await open(config(redis.url), redis.directory);
    const failure = await store.check().catch((error: unknown) => error);
    expect(failure).toMatchObject(unavailable);
    await eventually(async () => expect(lines).not.toEqual([]));
    expect(inspect(lines)).toContain('WRONGPASS');
    expect(inspect([failure, lines], { depth: null, showHidden: true })).not.toContain('acl-password');
  });

  it('that may not write our keys is an outage that shows no digest', async () => {
    const redis = await serve(...acl, ...commands, ...index, ...sessions);
    await writeFile(join(redis.directory, 'password'), 'the-acl-password');
    const store = await open({ ...config(redis.url), keyPrefix: 'theirs:' }, redis.directory);
    const { digest, authorization } = sampleToken();
    const failure = await store.put(digest, authorization).catch((error: unknown) => error);
    expect(failure).toMatchObject(unavailable);
    expect(inspect(failure, { depth: null })).not.toContain(digest);
  });
});

describe.skipIf(!redisIsInstalled())('TLS', () => {
  const TLS_PORT = 20_611;

  /** A Redis that asks clients for a certificate, and a stranger's certificate beside its own. */
  async function serveTls(): Promise<string> {
    const directory = await mkdtemp(join(tmpdir(), 'redis-tls-'));
    opened.directories.push(directory);
    const at = (name: string) => join(directory, name);
    for (const name of ['own', 'stranger']) {
      const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
      const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
      const out = ['-days', '2', '-keyout', at(`${name}.key`), '-out', at(`${name}.pem`)];
      execFileSync('openssl', [...request, ...subject, ...out], { stdio: 'ignore' });
    }
    const files = ['--tls-cert-file', at('own.pem'), '--tls-key-file', at('own.key')];
    const clients = ['--tls-ca-cert-file', at('own.pem'), '--tls-auth-clients', 'yes'];
    await serve('--tls-port', String(TLS_PORT), ...files, ...clients);
    return directory;
  }

  const url = `rediss://localhost:${TLS_PORT}`;
  const own = { caFile: 'own.pem', certificateFile: 'own.pem', keyFile: 'own.key' };

  it('works with verified certificates on both sides', async () => {
    const store = await open({ url, ...own }, await serveTls());
    await expect(store.check()).resolves.toBeUndefined();
  });

  it.each<[string, object]>([
    ["with a stranger's authority", { url, ...own, caFile: 'stranger.pem' }],
    ["with the system's authorities", { url, certificateFile: 'own.pem', keyFile: 'own.key' }],
    ['under a name that the certificate has not', { url: `rediss://127.0.0.1:${TLS_PORT}`, ...own }],
    ['without our certificate', { url, caFile: 'own.pem' }],
    ['without TLS', { url: `redis://localhost:${TLS_PORT}` }],
  ])('does not work %s', async (_how, config) => {
    const store = await open(config, await serveTls());
    await expect(store.check()).rejects.toMatchObject(unavailable);
  });
});
