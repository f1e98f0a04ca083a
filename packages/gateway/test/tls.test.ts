import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { Secret, type TlsSettings } from '@remote-consoles/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fingerprint, type Identity, TestAuthority } from '../../../scripts/fixtures/certificates.js';
import { withRig } from './support/console-rig.js';
import { echo, TestUpstream } from './support/upstreams.js';
import { openViewer, statusOf, until } from './support/viewers.js';

const authority = new TestAuthority();
const stranger = new TestAuthority();
const identity: Identity = authority.issue('DNS:vnc.example,IP:127.0.0.1', 2, '/O=Lab, one/CN=kvm1');
const client: Identity = authority.issue('DNS:gateway.example');
/** Bytes that the server got from clients that it should not have got any from. */
let received = 0;
let server: Server;
let strict: Server;

function start(options: object): Server {
  return createServer({ cert: identity.cert, key: identity.key, ...options }, (socket: TLSSocket) => {
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      received += chunk.length;
      socket.write(chunk);
    });
  }).listen(0, '127.0.0.1');
}

beforeAll(async () => {
  server = start({});
  strict = start({ requestCert: true, rejectUnauthorized: true, ca: authority.ca });
  await Promise.all([once(server, 'listening'), once(strict, 'listening')]);
});

afterAll(() => {
  server.close();
  strict.close();
  authority.remove();
  stranger.remove();
});

const over = (tls: TlsSettings, to = server) => ({
  type: 'serial' as const,
  transport: { kind: 'tls' as const, host: '127.0.0.1', port: (to.address() as AddressInfo).port, tls },
});

const byCa = (ca: string): TlsSettings => ({ trust: { kind: 'ca', ca } });
const byPin = (algorithm: 'sha1' | 'sha256', print: string): TlsSettings => ({
  trust: { kind: 'pin', algorithm, fingerprint: print },
});

test.each<[string, TlsSettings]>([
  ['its CA', byCa(authority.ca)],
  ['its CA under another name of its', { ...byCa(authority.ca), serverName: 'vnc.example' }],
  ['its CA and its subject', { ...byCa(authority.ca), subject: 'O=Lab\\, one,CN=kvm1' }],
  [
    'its CA and its subject, whatever its names',
    { ...byCa(authority.ca), serverName: 'other.example', subject: 'O=Lab\\, one, CN=kvm1' },
  ],
  ['its SHA-256 fingerprint', byPin('sha256', fingerprint(identity.cert, 'sha256'))],
  [
    'its fingerprint in lower case without colons',
    byPin('sha256', fingerprint(identity.cert, 'sha256').replaceAll(':', '').toLowerCase()),
  ],
  ['its SHA-1 fingerprint', byPin('sha1', fingerprint(identity.cert, 'sha1'))],
])('a console is believed by %s, and every byte arrives', async (_, tls) => {
  await withRig({}, async (rig) => {
    const viewer = await openViewer(rig.url(await rig.token(over(tls))));
    expect(rig.gateway.sessions()).toMatchObject([{ security: 'tls' }]);
    const bytes = Buffer.alloc(3_000_000, 'all of it ');
    viewer.socket.send(bytes);
    expect((await viewer.reader.read(bytes.length)).equals(bytes)).toBe(true);
    viewer.socket.terminate();
  });
});

test.each<[string, TlsSettings]>([
  ['another CA', byCa(stranger.ca)],
  ['the system, which does not know its CA', { trust: { kind: 'system' } }],
  ['a name that it has not', { ...byCa(authority.ca), serverName: 'other.example' }],
  ['an address that it has not', { ...byCa(authority.ca), serverName: '127.0.0.2' }],
  ['a subject that it has not', { ...byCa(authority.ca), subject: 'O=Lab\\, one,CN=kvm2' }],
  ['its subject without its CA', { ...byCa(stranger.ca), subject: 'O=Lab\\, one,CN=kvm1' }],
  ['another fingerprint', byPin('sha256', fingerprint(client.cert, 'sha256'))],
  ['a fingerprint cut short', byPin('sha256', fingerprint(identity.cert, 'sha256').slice(0, 59))],
  ['an empty fingerprint', byPin('sha256', '')],
])('a console is not believed by %s, and gets no byte', async (_, tls) => {
  await withRig({}, async (rig) => {
    received = 0;
    expect(await statusOf(rig.url(await rig.token(over(tls))))).toBe(502);
    expect(rig.audit.at(-1)).toMatchObject({ outcome: 'failure', reason: 'console-refused' });
    expect(received).toBe(0);
  });
});

test('a certificate of ours is shown where the console wants one', async () => {
  await withRig({}, async (rig) => {
    const identified = {
      ...byCa(authority.ca),
      identity: { certificate: client.cert, key: new Secret(client.key) },
    };
    const viewer = await openViewer(rig.url(await rig.token(over(identified, strict))));
    viewer.socket.send('hello');
    expect((await viewer.reader.read(5)).toString()).toBe('hello');
    viewer.socket.terminate();
  });
});

test('a console that accepts and then says nothing is 504', async () => {
  const silent = await TestUpstream.start((socket) => void socket.resume());
  await withRig({ timeouts: { handshake: 200 } }, async (rig) => {
    const { port } = silent.transport as { port: number };
    const transport = { kind: 'tls' as const, host: '127.0.0.1', port, tls: byCa(authority.ca) };
    expect(await statusOf(rig.url(await rig.token({ type: 'serial', transport })))).toBe(504);
    await until(() => silent.sockets[0]?.destroyed === true);
  });
  await silent.close();
});

test('a console that is no TLS server is 502', async () => {
  const plain = createTcpServer((socket) => socket.on('error', () => {}).end('RFB 003.008\n')).listen(
    0,
    '127.0.0.1',
  );
  await once(plain, 'listening');
  await withRig({}, async (rig) => {
    const { port } = plain.address() as AddressInfo;
    const transport = { kind: 'tls' as const, host: '127.0.0.1', port, tls: byCa(authority.ca) };
    expect(await statusOf(rig.url(await rig.token({ type: 'serial', transport })))).toBe(502);
  });
  plain.close();
});

test('a viewer over TLS gets every byte, is bounded when it does not read, and is known to live', async () => {
  const echoing = await TestUpstream.start(echo);
  await withRig({ timeouts: { ping: 60, lost: 400, sweep: 20 } }, async (rig) => {
    const https = createHttpsServer({ cert: identity.cert, key: identity.key });
    https.on('upgrade', (request, socket, head) => rig.gateway.handleUpgrade(request, socket, head));
    await once(https.listen(0, '127.0.0.1'), 'listening');
    const token = await rig.token({ type: 'serial', transport: echoing.transport });
    const { port } = https.address() as AddressInfo;
    const viewer = await openViewer(`wss://127.0.0.1:${port}/?token=${token}`, { ca: authority.ca });
    const bytes = randomBytes(5_000_000);
    viewer.socket.pause();
    for (let at = 0; at < bytes.length; at += 70_001) viewer.socket.send(bytes.subarray(at, at + 70_001));
    await new Promise((resolve) => setTimeout(resolve, 150));
    viewer.socket.resume();
    expect((await viewer.reader.read(bytes.length)).equals(bytes)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect(rig.gateway.sessions()).toHaveLength(1);
    rig.gateway.terminate(rig.gateway.sessions()[0]?.id ?? '');
    expect((await viewer.closed).code).toBe(4004);
    https.close();
  });
  await echoing.close();
});
