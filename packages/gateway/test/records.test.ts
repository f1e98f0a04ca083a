import { Secret } from '@remote-consoles/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConsoleRig, type TestConsole } from './support/console-rig.js';
import { echo, TestUpstream } from './support/upstreams.js';
import { handshakeText, openViewer, rawExchange, statusOf, until } from './support/viewers.js';

let upstream: TestUpstream;
let rig: ConsoleRig;
beforeEach(async () => {
  upstream = await TestUpstream.start(echo);
  rig = await new ConsoleRig().listen();
});
afterEach(async () => {
  await rig.close();
  await upstream.close();
});

const UNKNOWN = '00000000-0000-4000-8000-000000000000';
const serial = (more: Partial<TestConsole> = {}): TestConsole => ({
  type: 'serial',
  transport: upstream.transport,
  ...more,
});
const DISPLAY: TestConsole = {
  type: 'spice-direct',
  transport: { kind: 'tcp', host: '127.0.0.1', port: 5930 },
  security: { kind: 'spice-ticket', ticket: new Secret('s3cret') },
};

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`http://127.0.0.1:${rig.port}${path}`, { headers });
const rawGet = (target: string) => rawExchange(rig.port, `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
const records = () => rig.audit.map(({ action, outcome, reason }) => [action, outcome, reason].join(' '));

test('a session leaves three records that tell its whole story', async () => {
  const viewer = await openViewer(rig.url(await rig.token(serial())));
  viewer.socket.send('hello');
  await viewer.reader.read(5);
  viewer.socket.close();
  await until(() => rig.gateway.counters().sessions === 0);
  const known = {
    requestId: 'req-1',
    userId: 'u1',
    projectId: 'p1',
    type: 'serial',
    clientAddress: '127.0.0.1',
    serverId: expect.any(String),
    at: expect.any(Number),
    outcome: 'success',
  };
  const sessionId = rig.audit[1]?.sessionId;
  expect(sessionId).toMatch(/^[0-9a-f-]{36}$/);
  expect(rig.audit).toEqual([
    { action: 'console.redeem', ...known },
    {
      action: 'console.open',
      ...known,
      sessionId,
      security: 'none',
      transport: 'tcp',
      dialTime: expect.any(Number),
    },
    {
      action: 'console.close',
      ...known,
      sessionId,
      reason: 'viewer-closed',
      security: 'none',
      bytesDown: 5,
      bytesUp: 5,
      duration: expect.any(Number),
    },
  ]);
});

const evil = { origin: 'http://evil.example' };

test.each<[string, () => Promise<unknown>, string[]]>([
  ['an unknown token', () => statusOf(rig.url(UNKNOWN)), ['console.redeem failure token-invalid']],
  [
    'an unknown token by xvpvnc',
    () => rawGet(`/console?token=${UNKNOWN}`),
    ['console.redeem failure token-invalid'],
  ],
  [
    'an unknown token for a file',
    () => get(`/spice-direct?token=${UNKNOWN}`),
    ['console.redeem failure token-invalid'],
  ],
  [
    'an unknown token in a plain GET',
    () => get(`/?token=${UNKNOWN}`),
    ['console.refuse failure token-invalid'],
  ],
  ['no token', () => statusOf(rig.url('')), ['console.refuse failure token-invalid']],
  [
    'a wrong origin',
    () => statusOf(rig.url(UNKNOWN), { headers: evil }),
    ['console.refuse failure origin-not-allowed'],
  ],
  [
    'a wrong origin for a file',
    () => get(`/spice-direct?token=${UNKNOWN}`, evil),
    ['console.refuse failure origin-not-allowed'],
  ],
  [
    'a wrong origin in a plain GET',
    () => get(`/?token=${UNKNOWN}`, evil),
    ['console.refuse failure origin-not-allowed'],
  ],
  [
    'a handshake that is none',
    () => rawExchange(rig.port, handshakeText(`/?token=${UNKNOWN}`).replace('Version: 13', 'Version: 7')),
    ['console.refuse failure bad-handshake'],
  ],
  ['a good token in a plain GET', async () => get(`/?token=${await rig.token(serial())}`), []],
  [
    'a console that cannot be reached',
    async () => {
      const token = await rig.token(serial());
      await upstream.close();
      await statusOf(rig.url(token));
    },
    ['console.redeem success ', 'console.open failure console-unreachable'],
  ],
  [
    'a token for another kind of viewer',
    async () => statusOf(rig.url(await rig.token(DISPLAY))),
    ['console.redeem success ', 'console.open failure token-invalid'],
  ],
  [
    'a token that is for no file',
    async () => get(`/spice-direct?token=${await rig.token(serial())}`),
    ['console.redeem success ', 'console.open failure token-invalid'],
  ],
  [
    'a file for remote-viewer',
    async () => get(`/spice-direct?token=${await rig.token(DISPLAY)}`),
    ['console.redeem success ', 'console.open success '],
  ],
])('%s is recorded once', async (what, ask, expected) => {
  await ask();
  expect(records()).toEqual(expected);
  expect(rig.audit.every(({ clientAddress }) => clientAddress === '127.0.0.1')).toBe(true);
  const { refused } = rig.gateway.counters();
  const counted = Object.values(refused).reduce((sum, count) => sum + count, 0);
  if (!what.includes('plain GET')) expect(counted).toBe(expected.at(-1)?.includes('failure') ? 1 : 0);
});

test('whom a stopping gateway turns away is recorded', async () => {
  const token = await rig.token(serial());
  await rig.gateway.close();
  await statusOf(rig.url(token));
  await rawGet(`/console?token=${token}`);
  await get(`/spice-direct?token=${token}`);
  expect(records()).toEqual(Array(3).fill('console.refuse failure gateway-draining'));
});

test('a session that is ended while it opens is recorded with the reason', async () => {
  const stuck = { kind: 'hypervisor', hypervisor: 'x', address: '' } as const;
  const waiting = await new ConsoleRig({
    streams: { openStream: () => new Promise(() => {}) },
  }).listen();
  try {
    const status = statusOf(waiting.url(await waiting.token(serial({ transport: stuck, serverId: 's1' }))));
    await until(() => waiting.gateway.counters().sessions === 1);
    waiting.gateway.closeServer('s1', 'deleted');
    await status;
    expect(waiting.audit.at(-1)).toMatchObject({
      action: 'console.open',
      outcome: 'failure',
      reason: 'server-deleted',
    });
  } finally {
    await waiting.close();
  }
});
