import { hash, randomUUID } from 'node:crypto';
import { type ConsoleSession, LocalCluster, tokenStoreUnavailable } from '@remote-consoles/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConsoleRig, type TestConsole } from './support/console-rig.js';
import { echo, TestUpstream } from './support/upstreams.js';
import { openViewer, statusOf, until } from './support/viewers.js';

let upstream: TestUpstream;
let cluster: LocalCluster;
const rigs: ConsoleRig[] = [];

beforeEach(async () => {
  upstream = await TestUpstream.start(echo);
  cluster = new LocalCluster();
});
afterEach(async () => {
  await Promise.all(rigs.splice(0).map((rig) => rig.close()));
  await upstream.close();
});

async function gateway(name: string, limits = {}): Promise<ConsoleRig> {
  const rig = await new ConsoleRig({ cluster, name, limits }).listen();
  rigs.push(rig);
  return rig;
}

const urlOf = async (rig: ConsoleRig, more: Partial<TestConsole> = {}) =>
  rig.url(await rig.token({ type: 'serial', transport: upstream.transport, ...more }));
const open = async (rig: ConsoleRig, more?: Partial<TestConsole>) => openViewer(await urlOf(rig, more));
const listed = () => cluster.sessions.list({});

test('the directory says who is connected to what, from where, by which gateway, and how much went by', async () => {
  const rig = await gateway('gw-1');
  const viewer = await open(rig, { serverId: 's1', userId: 'u7' });
  viewer.socket.send('12345');
  await viewer.reader.read(5);
  const [session] = await listed();
  expect(session).toEqual({
    id: rig.gateway.sessions()[0]?.id ?? '',
    gateway: 'gw-1',
    serverId: 's1',
    projectId: 'p1',
    userId: 'u7',
    type: 'serial',
    digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    requestId: 'req-1',
    clientAddress: '127.0.0.1',
    openedAt: expect.any(Number),
    security: 'none',
    lastActivity: expect.any(Number),
    bytesDown: 5,
    bytesUp: 5,
  } satisfies ConsoleSession);
  viewer.socket.close();
  await until(() => rig.gateway.counters().sessions === 0);
  expect(await listed()).toEqual([]);
});

test('a message ends a session on whichever gateway holds it, and no other', async () => {
  const [one, two] = [await gateway('gw-1'), await gateway('gw-2')];
  const [here, there] = [await open(one), await open(two)];
  const sessionId = two.gateway.sessions()[0]?.id ?? '';
  await cluster.messages.send({ kind: 'terminate-session', sessionId });
  expect(await there.closed).toEqual({ code: 4004, reason: 'the session was terminated' });
  here.socket.send('alive');
  expect((await here.reader.read(5)).toString()).toBe('alive');
});

test('a message ends the consoles of a server on all gateways, with what happened to it', async () => {
  const [one, two] = [await gateway('gw-1'), await gateway('gw-2')];
  const viewers = [await open(one, { serverId: 's1' }), await open(two, { serverId: 's1' })];
  const other = await open(two, { serverId: 's2' });
  await cluster.messages.send({ kind: 'end-server', serverId: 's1', event: 'migrated' });
  for (const { closed } of viewers) {
    expect(await closed).toEqual({ code: 4003, reason: 'the server was migrated' });
  }
  expect(await listed()).toMatchObject([{ serverId: 's2' }]);
  other.socket.terminate();
});

test('a gateway that was closed listens no more', async () => {
  const rig = await gateway('gw-1');
  await rig.close();
  await expect(
    cluster.messages.send({ kind: 'terminate-session', sessionId: 'any' }),
  ).resolves.toBeUndefined();
});

test.each([
  ['sessionsPerServer', { serverId: 's1', userId: 'one' }, { serverId: 's1', userId: 'two' }],
  ['sessionsPerUser', { userId: 'u1' }, { userId: 'u1' }],
  ['sessionsPerProject', { userId: 'one' }, { userId: 'two' }],
] as const)('%s holds over all gateways, and a place is given back', async (limit, first, second) => {
  const [one, two] = [await gateway('gw-1', { [limit]: 1 }), await gateway('gw-2', { [limit]: 1 })];
  const viewer = await open(one, first);
  expect(await statusOf(await urlOf(two, second))).toBe(429);
  expect(two.gateway.counters().sessions).toBe(0);
  viewer.socket.close();
  await until(() => one.gateway.counters().sessions === 0);
  (await open(two, second)).socket.terminate();
});

test('sessionsPerToken bounds what one token opens, and no other token', async () => {
  const rig = await gateway('gw-1', { sessionsPerToken: 2 });
  const url = await urlOf(rig, { serverId: 's1' });
  const viewers = [await openViewer(url), await openViewer(url)];
  expect(await statusOf(url)).toBe(429);
  viewers.push(await openViewer(await urlOf(rig, { serverId: 's1' })));
  for (const { socket } of viewers) socket.terminate();
});

test('no socket gets past a limit by joining a session that is about to be refused', async () => {
  const rig = await gateway('gw-1', { sessionsPerUser: 1 });
  const blocker = await open(rig);
  const token = await rig.token({ type: 'serial', transport: upstream.transport });
  const name = `console_session_${hash('sha256', token).slice(0, 16)}`;
  const headers = { cookie: `${name}=${randomUUID()}` };
  const statuses = await Promise.all([1, 2, 3].map(() => statusOf(rig.url(token), { headers })));
  expect(statuses).toEqual([429, 429, 429]);
  expect(await listed()).toHaveLength(1);
  blocker.socket.terminate();
});

test('a directory that cannot be reached lets nobody new in, gives the token back, and ends no session', async () => {
  const rig = await gateway('gw-1');
  const viewer = await open(rig);
  const url = await urlOf(rig, { oneTime: true });
  const enter = cluster.sessions.open;
  cluster.sessions.open = async () => {
    throw tokenStoreUnavailable();
  };
  expect(await statusOf(url)).toBe(503);
  viewer.socket.send('alive');
  expect((await viewer.reader.read(5)).toString()).toBe('alive');
  cluster.sessions.open = enter;
  (await openViewer(url)).socket.terminate();
});
