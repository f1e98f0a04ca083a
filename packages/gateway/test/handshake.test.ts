import { connect } from 'node:net';
import { Duplex, PassThrough } from 'node:stream';
import { ConsoleError, type ConsoleErrorCode } from '@remote-consoles/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pongFrame } from './support/client-frame.js';
import { ConsoleRig, streamsOf } from './support/console-rig.js';
import { echo, TestUpstream } from './support/upstreams.js';
import { handshakeText, openViewer, rawClient, rawExchange, statusOf, until } from './support/viewers.js';

let upstream: TestUpstream;
let rigs: ConsoleRig[] = [];

beforeEach(async () => {
  upstream = await TestUpstream.start(echo);
});

afterEach(async () => {
  for (const rig of rigs) await rig.close();
  rigs = [];
  await upstream.close();
});

async function rigWith(options: ConstructorParameters<typeof ConsoleRig>[0] = {}): Promise<ConsoleRig> {
  const rig = await new ConsoleRig(options).listen();
  rigs.push(rig);
  return rig;
}

const serial = (more: object = {}) => ({ type: 'serial' as const, transport: upstream.transport, ...more });
const nobody = () => false;
const onLoopback = (hop: string) => hop === '127.0.0.1';
const UNKNOWN = '6f1d1e6c-0b1a-4c3c-9d5a-000000000000';

async function explain(rig: ConsoleRig, token: string, headers: Record<string, string> = {}) {
  const response = await fetch(`http://127.0.0.1:${rig.port}/?token=${token}`, { headers });
  return {
    status: response.status,
    body: (await response.json()) as { error: { code: string; message: string } },
  };
}

test.each([
  ['an unknown token', UNKNOWN],
  ['an empty token', ''],
  ['nonsense', '%00%ff'],
  ['a very long token', 'a'.repeat(8000)],
])('%s is refused at the handshake, with an empty body and no other byte', async (_, token) => {
  const rig = await rigWith();
  const answer = await rawExchange(rig.port, handshakeText(`/?token=${token}`));
  expect(answer).toBe('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  expect(rig.gateway.counters()).toMatchObject({ refused: { 401: 1 }, openings: 0, sockets: 0 });
});

test('a request without a token is refused', async () => {
  const rig = await rigWith();
  expect(await rawExchange(rig.port, handshakeText('/'))).toMatch(/^HTTP\/1\.1 401 .*\r\n\r\n$/s);
});

test('the last token of the query counts; without any, the cookie', async () => {
  const rig = await rigWith();
  const token = await rig.token(serial());
  const base = `ws://127.0.0.1:${rig.port}`;
  expect(await statusOf(`${base}/?token=${UNKNOWN}&token=${token}`)).toBe(101);
  expect(await statusOf(`${base}/?token=${token}&token=${UNKNOWN}`)).toBe(401);
  expect(await statusOf(`${base}/websockify?title=x&token=${token}`)).toBe(101);
  expect(await statusOf(base, { headers: { cookie: `; garbage; a=b; token=${token}; =x` } })).toBe(101);
  expect(await statusOf(`${base}/?x=1`, { headers: { cookie: `token=${token.toUpperCase()}` } })).toBe(101);
  expect(await statusOf(`${base}/?token=${UNKNOWN}`, { headers: { cookie: `token=${token}` } })).toBe(401);
});

test.each<[ConsoleErrorCode, number]>([
  ['token-invalid', 401],
  ['server-not-found', 404],
  ['server-not-ready', 409],
  ['server-state-invalid', 409],
  ['console-type-unavailable', 404],
  ['console-not-implemented', 501],
  ['hypervisor-unavailable', 503],
  ['token-store-unavailable', 503],
])('the error %s is status %i at the handshake, and its explanation says why', async (code, status) => {
  const rig = await rigWith();
  const token = await rig.token(serial());
  rig.failure = new ConsoleError(code, `words for ${code}`);
  expect(await statusOf(rig.url(token))).toBe(status);
  expect(await explain(rig, token)).toEqual({
    status,
    body: { error: { code, message: `words for ${code}` } },
  });
});

test('an error that nobody expected says nothing about itself to the viewer', async () => {
  const rig = await rigWith();
  const token = await rig.token(serial());
  rig.failure = new Error('secret detail');
  expect(await statusOf(rig.url(token))).toBe(500);
  expect((await explain(rig, token)).body).toEqual({
    error: { code: 'internal', message: 'internal error' },
  });
  expect(rig.log.join()).toContain('secret detail');
});

test('an explanation does not use up the token, and asks for a WebSocket where it is good', async () => {
  const rig = await rigWith();
  const token = await rig.token(serial({ oneTime: true }));
  const { status, body } = await explain(rig, token);
  expect(status).toBe(426);
  expect(body.error.code).toBe('upgrade-required');
  expect((await explain(rig, UNKNOWN)).status).toBe(401);
  expect(await explain(rig, token, { origin: 'http://evil.example' })).toMatchObject({
    status: 403,
    body: { error: { code: 'origin-not-allowed' } },
  });
  expect(await statusOf(rig.url(token))).toBe(101);
});

test('what is not a console URL is left to others', async () => {
  const rig = await rigWith();
  const base = `http://127.0.0.1:${rig.port}`;
  for (const path of ['/', '/?x=1', '/other?token=x', '/vnc_lite.html?path=%3Ftoken%3Dx']) {
    expect(await (await fetch(base + path)).text()).toBe('not ours');
  }
  expect(await (await fetch(`${base}/?token=x`, { method: 'POST' })).text()).toBe('not ours');
});

test.each([
  ['Sec-WebSocket-Version', '8', 'HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 13\r\n'],
  ['Sec-WebSocket-Key', 'short', 'HTTP/1.1 400 Bad Request\r\n'],
  ['Upgrade', 'h2c', 'HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\n'],
  ['Sec-WebSocket-Protocol', 'base64', 'HTTP/1.1 400 Bad Request\r\n'],
])('a handshake with %s: %s is refused before its token is looked at', async (name, value, start) => {
  const rig = await rigWith();
  const token = await rig.token(serial({ oneTime: true }));
  const answer = await rawExchange(rig.port, handshakeText(`/?token=${token}`, { [name]: value }));
  expect(answer.startsWith(start)).toBe(true);
  expect(answer.endsWith('\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')).toBe(true);
  expect(await statusOf(rig.url(token))).toBe(101);
});

test('binary is chosen where it was offered, nothing where nothing was, and never an extension', async () => {
  const rig = await rigWith();
  const exchange = async (headers: Record<string, string>) => {
    const { socket, reader } = await rawClient(rig.port);
    socket.write(handshakeText(`/?token=${await rig.token(serial())}`, headers));
    let head = '';
    while (!head.endsWith('\r\n\r\n')) head += (await reader.read(1)).toString();
    socket.destroy();
    return head;
  };
  const extension = { 'Sec-WebSocket-Extensions': 'permessage-deflate' };
  expect(await exchange(extension)).toBe(
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n',
  );
  expect(await exchange({ 'Sec-WebSocket-Protocol': 'binary' })).toContain(
    'Sec-WebSocket-Protocol: binary\r\n',
  );
});

test.each([
  ['http://127.0.0.1', '127.0.0.1', 101],
  ['http://127.0.0.1:9999', '127.0.0.1:8774', 101],
  ['http://Console.Example', 'console.example', 101],
  ['http://[::1]:80', '[::1]:8774', 101],
  ['http://dash.example', '127.0.0.1', 101],
  ['http://evil.example', '127.0.0.1', 403],
  ['http://127.0.0.1.evil.example', '127.0.0.1', 403],
  ['http://dash.example.evil.example', '127.0.0.1', 403],
  ['https://127.0.0.1', '127.0.0.1', 403],
  ['ftp://127.0.0.1', '127.0.0.1', 403],
  ['null', '127.0.0.1', 403],
  ['', '127.0.0.1', 403],
  ['http://', '127.0.0.1', 403],
  ['//127.0.0.1', '127.0.0.1', 403],
  ['http://user@127.0.0.1', '127.0.0.1', 403],
])('a page of %j asking host %j gets %i', async (origin, host, status) => {
  const rig = await rigWith({ allowedOrigins: ['dash.example'] });
  const text = handshakeText(`/?token=${await rig.token(serial())}`, { Origin: origin, Host: host });
  const { socket, reader } = await rawClient(rig.port);
  socket.write(text);
  expect((await reader.read(12)).toString()).toBe(`HTTP/1.1 ${status}`);
  socket.destroy();
});

test('one viewer cannot open the door for another page: nothing of a request changes the rules', async () => {
  const rig = await rigWith();
  const evil = { origin: 'http://evil.example' };
  const token = await rig.token(serial());
  expect(await statusOf(rig.url(token), { headers: { ...evil, host: 'evil.example' } })).toBe(101);
  expect(await statusOf(rig.url(token), { headers: evil })).toBe(403);
});

test('X-Forwarded-Proto counts only where the proxy is trusted', async () => {
  const headers = { origin: 'http://127.0.0.1', 'x-forwarded-proto': 'https' };
  const plain = await rigWith();
  expect(await statusOf(plain.url(await plain.token(serial())), { headers })).toBe(101);
  const trusting = await rigWith({ trustsProxy: onLoopback });
  expect(await statusOf(trusting.url(await trusting.token(serial())), { headers })).toBe(403);
  const secure = await rigWith({
    trustsProxy: onLoopback,
    baseUrls: ['https://127.0.0.1/', 'wss://127.0.0.1/'],
  });
  expect(await statusOf(secure.url(await secure.token(serial())), { headers })).toBe(101);
});

test('the address of a viewer is that of the trusted proxy, or of the connection', async () => {
  const headers = { 'x-forwarded-for': 'forged, 203.0.113.9' };
  for (const [trustsProxy, address] of [
    [nobody, '127.0.0.1'],
    [(hop: string) => hop === '192.0.2.1', '127.0.0.1'],
    [onLoopback, '203.0.113.9'],
  ] as const) {
    const rig = await rigWith({ trustsProxy });
    const { socket } = await openViewer(rig.url(await rig.token(serial())), { headers });
    expect(rig.gateway.sessions()).toMatchObject([
      { clientAddress: address, type: 'serial', security: 'none' },
    ]);
    expect(rig.audit.map((event) => event.clientAddress)).toEqual([address, address]);
    socket.terminate();
  }
});

test('a one-time token opens one session; its cookie lets more sockets join and nobody else', async () => {
  const rig = await rigWith();
  const token = await rig.token(serial({ oneTime: true, type: 'spice-html5' }));
  let cookie = '';
  const first = await openViewer(rig.url(token), {
    finishRequest: (request) => {
      request.on('upgrade', (response: { headers: Record<string, string[]> }) => {
        [cookie = ''] = response.headers['set-cookie'] ?? [];
      });
      request.end();
    },
  });
  expect(cookie).toMatch(
    /^console_session_[0-9a-f]{16}=[0-9a-f-]{36}; Path=\/; Max-Age=(600|599); HttpOnly; SameSite=Strict$/,
  );
  expect(cookie).not.toContain(token);

  expect(await statusOf(rig.url(token))).toBe(403);
  const headers = { cookie: `other=1; ${cookie.split(';')[0]}` };
  const more = [await openViewer(rig.url(token), { headers }), await openViewer(rig.url(token), { headers })];
  expect(rig.gateway.sessions()).toMatchObject([{ sockets: 3 }]);
  expect(await statusOf(rig.url(await rig.token(serial({ oneTime: true }))), { headers })).toBe(101);

  for (const { socket } of [first, ...more]) socket.terminate();
  await until(() => rig.gateway.counters().sessions === 0);
  expect(
    rig.audit.filter(({ action, type }) => action === 'console.open' && type === 'spice-html5'),
  ).toHaveLength(1);
  expect(
    rig.audit.filter(({ action, type }) => action === 'console.close' && type === 'spice-html5'),
  ).toHaveLength(1);
});

test('who opens a one-time URL for the second time is told that it has been used', async () => {
  const rig = await rigWith();
  const token = await rig.token(serial({ oneTime: true }));
  expect(await statusOf(rig.url(token))).toBe(101);
  expect(await statusOf(rig.url(token))).toBe(403);
  expect(await explain(rig, token)).toMatchObject({ status: 403, body: { error: { code: 'token-spent' } } });
});

test('the cookie is for https alone where everything is https, and is not set where it is of no use', async () => {
  const rig = await rigWith({ baseUrls: ['https://console.example/'] });
  const head = async (more: object) => {
    const { socket, reader } = await rawClient(rig.port);
    socket.write(handshakeText(`/?token=${await rig.token(serial(more))}`));
    let text = '';
    while (!text.endsWith('\r\n\r\n')) text += (await reader.read(1)).toString();
    socket.destroy();
    return text;
  };
  expect(await head({ oneTime: true })).toContain('; SameSite=Strict; Secure\r\n');
  expect(await head({})).not.toContain('Set-Cookie');
});

test('a one-time token is not lost to a console that could not be opened', async () => {
  const rig = await rigWith();
  const { transport } = upstream;
  await upstream.close();
  const token = await rig.token({ type: 'serial', transport, oneTime: true });
  expect(await statusOf(rig.url(token))).toBe(502);
  expect(await statusOf(rig.url(token))).toBe(502);
  const audited = rig.audit.length;
  expect(await explain(rig, token)).toMatchObject({
    status: 502,
    body: { error: { code: 'console-unreachable' } },
  });
  expect((await explain(rig, token)).status).toBe(426);
  expect(rig.audit.length).toBe(audited);
  expect(rig.audit.at(-1)).toMatchObject({
    action: 'console.open',
    outcome: 'failure',
    reason: 'console-unreachable',
  });
  upstream = await TestUpstream.start(echo);
});

test('a token opens only a console of its own kind', async () => {
  const rig = await rigWith();
  expect(await statusOf(rig.url(await rig.token(serial({ type: 'xvpvnc', oneTime: true }))))).toBe(401);
  expect(await statusOf(rig.url(await rig.token(serial({ type: 'spice-direct' }))))).toBe(401);
  expect(await statusOf(rig.url(await rig.token(serial({ type: 'rdp-html5' }))))).toBe(501);
});

test('limits per server, per user and for all are kept, and places are given back', async () => {
  const rig = await rigWith({ limits: { sessionsPerServer: 2, sessionsPerUser: 3, sessions: 4 } });
  const open = async (more: object) => openViewer(rig.url(await rig.token(serial(more))));
  const status = async (more: object) => statusOf(rig.url(await rig.token(serial(more))));
  const viewers = [await open({ serverId: 's1' }), await open({ serverId: 's1' })];
  expect(await status({ serverId: 's1' })).toBe(429);
  viewers.push(await open({ serverId: 's2' }));
  expect(await status({ serverId: 's3' })).toBe(429);
  viewers.push(await open({ serverId: 's3', userId: 'u2' }));
  expect(await status({ serverId: 's4', userId: 'u3' })).toBe(503);
  expect((await explain(rig, await rig.token(serial({})))).body.error.code).toBe('limit-exceeded');
  for (const { socket } of viewers) socket.terminate();
  await until(() => rig.gateway.counters().sessions === 0);
  expect(await status({ serverId: 's1' })).toBe(101);
});

test('a session has a limit of sockets', async () => {
  const rig = await rigWith({ limits: { socketsPerSession: 2 } });
  const token = await rig.token(serial({ type: 'spice-html5' }));
  let cookie = '';
  await openViewer(rig.url(token), {
    finishRequest: (request) => {
      request.on('upgrade', (response: { headers: Record<string, string[]> }) => {
        cookie = response.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
      });
      request.end();
    },
  });
  expect(rig.gateway.sessions()).toHaveLength(1);
  await openViewer(rig.url(token), { headers: { cookie } });
  expect(await statusOf(rig.url(token), { headers: { cookie } })).toBe(429);
});

test('many handshakes at once with a console that does not answer: the rest is turned away', async () => {
  const never = streamsOf(() => new Promise(() => {}));
  const rig = await rigWith({ streams: never, limits: { openings: 3 }, timeouts: { connect: 400 } });
  const stuck = serial({ transport: { kind: 'hypervisor', hypervisor: 'x', address: '' } });
  const token = await rig.token(stuck);
  const statuses = await Promise.all([1, 2, 3, 4, 5].map(() => statusOf(rig.url(token))));
  expect(statuses.sort()).toEqual([503, 503, 504, 504, 504]);
  expect(rig.gateway.counters()).toMatchObject({ openings: 0, sessions: 0 });
});

test('a stream that comes too late is closed', async () => {
  const late = new Duplex({ read() {}, write: (_c, _e, done) => done() });
  const streams = { openStream: () => new Promise((resolve) => setTimeout(() => resolve(late), 300)) };
  const rig = await rigWith({ streams, timeouts: { connect: 100 } });
  const token = await rig.token(serial({ transport: { kind: 'hypervisor', hypervisor: 'x', address: '' } }));
  expect(await statusOf(rig.url(token))).toBe(504);
  await until(() => late.destroyed);
});

test('an adapter that gives something else than a stream is a fault, not a crash', async () => {
  const rig = await rigWith({ streams: streamsOf(() => 'a string') });
  const token = await rig.token(serial({ transport: { kind: 'hypervisor', hypervisor: 'x', address: '' } }));
  expect(await statusOf(rig.url(token))).toBe(500);
});

test.each(['end', 'resetAndDestroy'] as const)(
  'a viewer that leaves (%s) while its console is dialled ends the dialling',
  async (how) => {
    let opened = 0;
    const streams = {
      openStream: () => {
        opened++;
        return new Promise(() => {});
      },
    };
    const rig = await rigWith({ streams, timeouts: { connect: 60_000 } });
    const token = await rig.token(
      serial({ oneTime: true, transport: { kind: 'hypervisor', hypervisor: 'x', address: '' } }),
    );
    const client = connect(rig.port, '127.0.0.1');
    client.write(handshakeText(`/?token=${token}`));
    await until(() => opened === 1);
    client[how]();
    await until(() => rig.gateway.counters().openings === 0);
    expect(rig.gateway.counters().sessions).toBe(0);
    expect(rig.audit.at(-1)).toMatchObject({
      action: 'console.open',
      outcome: 'failure',
      reason: 'viewer-left',
    });
  },
);

test('a viewer that talks before it is answered is bounded, and what it said arrives', async () => {
  let give: (() => void) | undefined;
  const streams = {
    openStream: () =>
      new Promise((resolve) => {
        give = () => resolve(new PassThrough());
      }),
  };
  const rig = await rigWith({ streams });
  const token = await rig.token(serial({ transport: { kind: 'hypervisor', hypervisor: 'x', address: '' } }));
  const { socket, reader } = await rawClient(rig.port);
  socket.write(handshakeText(`/?token=${token}`) + pongFrame('early').toString('latin1'), 'latin1');
  await until(() => give !== undefined);
  const early = Buffer.from([0x82, 0x85, 0, 0, 0, 0, ...Buffer.from('hello')]);
  for (let i = 0; i < 20_000; i++) socket.write(early);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(rig.gateway.counters().openings).toBe(1);
  give?.();
  let head = '';
  while (!head.endsWith('\r\n\r\n')) head += (await reader.read(1)).toString();
  // Frames of their own size come back: 100000 bytes in all.
  await until(() => rig.gateway.counters().bytesDown === 100_000);
  socket.destroy();
});

test('close() ends what is open and what is being opened, and lets nobody in', async () => {
  const rig = await rigWith({ streams: streamsOf(() => new Promise(() => {})) });
  const viewer = await openViewer(rig.url(await rig.token(serial())));
  const stuck = statusOf(
    rig.url(await rig.token(serial({ transport: { kind: 'hypervisor', hypervisor: 'x', address: '' } }))),
  );
  await until(() => rig.gateway.counters().openings === 1);
  const token = await rig.token(serial());
  const closing = rig.gateway.close(60_000);
  expect(await statusOf(rig.url(token))).toBe(503);
  expect((await explain(rig, token)).body.error.code).toBe('gateway-draining');
  viewer.socket.send('still served');
  expect((await viewer.reader.read(12)).toString()).toBe('still served');

  await rig.gateway.close();
  expect(await viewer.closed).toEqual({ code: 1001, reason: 'the gateway is being stopped' });
  expect(await stuck).toBe(503);
  await closing;
  expect(rig.gateway.counters()).toMatchObject({ sessions: 0, sockets: 0, openings: 0 });
});

test('draining ends when the last viewer leaves', async () => {
  const rig = await rigWith();
  const viewer = await openViewer(rig.url(await rig.token(serial())));
  const closed = rig.gateway.close(60_000);
  viewer.socket.close();
  await closed;
  expect((await viewer.closed).code).toBe(1005);
});

test('no token is logged or recorded', async () => {
  const rig = await rigWith();
  const token = await rig.token(serial({ oneTime: true }));
  const viewer = await openViewer(rig.url(token));
  await statusOf(rig.url(token));
  viewer.socket.terminate();
  await until(() => rig.gateway.counters().sessions === 0);
  const all = JSON.stringify([rig.log, rig.audit]);
  expect(rig.audit.length).toBeGreaterThan(2);
  expect(all).not.toContain(token);
});
