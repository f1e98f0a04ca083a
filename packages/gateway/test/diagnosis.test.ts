import { type ChildProcess, spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';
import {
  type ConsoleConnection,
  type DiagnosisChain,
  explainFailure,
  type LegResult,
  Secret,
  type TlsSettings,
} from '@remote-consoles/core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { fingerprint, type Identity, TestAuthority } from '../../../scripts/fixtures/certificates.js';
import { listenAsHyperV } from '../../rdp-tunnel/test/listener-double.js';
import { diagnoseConnection, endpointLegs } from '../src/diagnosis/index.js';
import { streamsOf } from './support/console-rig.js';
import { rfbDouble } from './support/rfb-double.js';
import { TestUpstream } from './support/upstreams.js';

const TIMEOUTS = { connect: 1000, handshake: 1500 };
const PASSWORD = 'pass-wd1';
const open: { close(): unknown }[] = [];
let authority: TestAuthority;
let identity: Identity;
beforeAll(() => {
  authority = new TestAuthority();
  identity = authority.issue('DNS:localhost,IP:127.0.0.1');
});
afterAll(() => authority.remove());
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
});

type Leg = LegResult & { readonly name: string };

/** Walks a chain as a doctor does: up to the first leg that does not go well. */
async function walk({ legs, end }: Pick<DiagnosisChain, 'legs' | 'end'>): Promise<Leg[]> {
  const walked: Leg[] = [];
  for (const { name, run } of legs) {
    const result = await run().catch((error: unknown): LegResult => explainFailure(error));
    walked.push({ name, ...result });
    if (result.outcome !== 'ok' && result.outcome !== 'skipped') break;
  }
  await end?.();
  return walked;
}

const connectionOf = (
  type: ConsoleConnection['type'],
  transport: ConsoleConnection['transport'],
  security: ConsoleConnection['security'] = { kind: 'none' },
): ConsoleConnection => ({
  serverId: 's',
  type,
  transport,
  security,
  connectInfo: { host: 'h', port: 1, tlsPort: null, internalAccessPath: null },
});

const diagnose = (...parts: Parameters<typeof connectionOf>) =>
  walk(diagnoseConnection(connectionOf(...parts), { timeouts: TIMEOUTS }));

async function serving(serve: (socket: Socket) => void): Promise<TestUpstream> {
  const upstream = await TestUpstream.start(serve);
  open.push(upstream);
  return upstream;
}

/** A port on which nobody listens. */
async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

const names = (legs: readonly Leg[]) =>
  legs.map(({ name, outcome }) => `${outcome} ${name.replace(/ \d+$/, ' PORT')}`);
const byCa = (): TlsSettings => ({ trust: { kind: 'ca', ca: authority.ca } });
const stranger: TlsSettings = { trust: { kind: 'system' } };
const pin = (print: string): TlsSettings => ({
  trust: { kind: 'pin', algorithm: 'sha256', fingerprint: print },
});

describe('a port', () => {
  test('is looked up, connected to, and shows its certificate', async () => {
    const server = createTlsServer({ cert: identity.cert, key: identity.key }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    open.push(server);
    const { port } = server.address() as AddressInfo;
    const legs = await walk({ legs: endpointLegs({ host: 'localhost', port, tls: byCa() }, TIMEOUTS) });
    expect(names(legs)).toEqual(['ok DNS', 'ok TCP PORT', 'ok TLS']);
    expect(legs[0]?.detail).toContain('127.0.0.1');
    expect(legs[2]?.detail).toMatch(
      /^leaf\d, valid until \d{4}-\d\d-\d\d, SHA-256 .*, by the configured CA$/,
    );
    expect(legs[2]?.detail).toContain(fingerprint(identity.cert, 'sha256'));
  });

  test('with a certificate of a stranger is refused with the fingerprint to compare', async () => {
    const server = createTlsServer({ cert: identity.cert, key: identity.key }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    open.push(server);
    const endpoint = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
    const untrusted = (await walk({ legs: endpointLegs({ ...endpoint, tls: stranger }, TIMEOUTS) })).at(-1);
    expect(untrusted).toMatchObject({ name: 'TLS', outcome: 'failed', advice: expect.stringMatching(/pin/) });
    expect(untrusted?.detail).toContain(fingerprint(identity.cert, 'sha256'));
    const other = (
      await walk({ legs: endpointLegs({ ...endpoint, tls: pin('ab'.repeat(32)) }, TIMEOUTS) })
    ).at(-1);
    expect(other).toMatchObject({ outcome: 'failed', advice: expect.stringContaining('renewed') });
    expect(other?.detail).toContain(fingerprint(identity.cert, 'sha256'));
    const right = pin(fingerprint(identity.cert, 'sha256'));
    const pinned = (await walk({ legs: endpointLegs({ ...endpoint, tls: right }, TIMEOUTS) })).at(-1);
    expect(pinned).toMatchObject({ outcome: 'ok', detail: expect.stringMatching(/as pinned$/) });
  });

  test('without TLS, without a listener and without a name are told apart', async () => {
    const plain = await serving((socket) => socket.end('hello\n'));
    const { port } = plain.transport as { port: number };
    const advice = async (host: string, at: number, tls?: TlsSettings) => {
      const leg = (await walk({ legs: endpointLegs({ host, port: at, ...(tls && { tls }) }, TIMEOUTS) })).at(
        -1,
      );
      return leg?.outcome === 'failed' ? `${leg.name}: ${leg.advice}` : 'no failure';
    };
    expect(await advice('127.0.0.1', port, byCa())).toMatch(/^TLS: .*(does not speak TLS|may want TLS)/);
    expect(await advice('127.0.0.1', await freePort())).toMatch(/^TCP \d+: .*nothing listens/);
    expect(await advice('no-such-host.invalid', 1)).toMatch(/^DNS: /);
  });
});

describe('a VNC console', () => {
  test('is walked into, as far as its security', async () => {
    const vnc = await serving(rfbDouble({ kind: 'vnc', password: PASSWORD }));
    const legs = await diagnose('novnc', vnc.transport, { kind: 'rfb', password: new Secret(PASSWORD) });
    expect(names(legs)).toEqual(['ok TCP PORT', 'ok RFB banner', 'ok RFB security']);
    expect(legs[1]?.detail).toBe('RFB 003.008');
    expect(legs[2]?.detail).toBe('offers VNC password; in with the password');
  });

  test.each([
    ['a wrong password', new Secret('wrong'), /^The password is another/],
    ['no password', undefined, /asks for a password: configure it/],
  ])('says what to do about %s', async (_, password, advice) => {
    const vnc = await serving(rfbDouble({ kind: 'vnc', password: PASSWORD }));
    const legs = await diagnose('novnc', vnc.transport, { kind: 'rfb', ...(password && { password }) });
    expect(legs.at(-1)).toMatchObject({ name: 'RFB security', outcome: 'failed' });
    expect(legs.at(-1)).toMatchObject({ advice: expect.stringMatching(advice) });
    expect(JSON.stringify(legs)).not.toMatch(/pass-wd1|wrong/);
  });

  test('inside TLS shows its certificate where that is refused', async () => {
    const vnc = await serving(rfbDouble({ kind: 'vencrypt-x509none' }, identity));
    const legs = await diagnose('novnc', vnc.transport, { kind: 'rfb', tls: byCa(), tlsRequired: true });
    expect(legs.at(-1)).toMatchObject({ outcome: 'ok', detail: 'offers VeNCrypt; in over TLS' });
    const refused = await diagnose('novnc', vnc.transport, { kind: 'rfb', tls: stranger, tlsRequired: true });
    expect(refused.at(-1)).toMatchObject({ outcome: 'failed', advice: expect.stringContaining('pin') });
    expect(refused.at(-1)?.detail).toContain(fingerprint(identity.cert, 'sha256'));
    const none = await serving(rfbDouble({ kind: 'none' }));
    const bare = await diagnose('novnc', none.transport, { kind: 'rfb', tls: byCa(), tlsRequired: true });
    expect(bare.at(-1)).toMatchObject({ advice: expect.stringContaining('VeNCrypt with X.509') });
  });

  test('that is none, hangs up or is silent is told apart', async () => {
    const ssh = await serving((socket) => socket.write('SSH-2.0-OpenSSH_9.9\r\n'));
    const [, wrong] = await diagnose('novnc', ssh.transport);
    expect(wrong).toMatchObject({ name: 'RFB banner', advice: expect.stringContaining('no VNC server') });
    const shy = await serving((socket) => socket.end());
    expect((await diagnose('novnc', shy.transport)).at(-1)).toMatchObject({
      name: 'RFB banner',
      outcome: 'failed',
    });
    const silent = await serving(() => {});
    const late = (await diagnose('novnc', silent.transport)).at(-1);
    expect(late).toMatchObject({ name: 'RFB banner', detail: 'no answer within 1.5 s' });
  });

  test('that the hypervisor opens is walked into like any other', async () => {
    const vnc = await serving(rfbDouble({ kind: 'none' }));
    const { host, port } = vnc.transport as { host: string; port: number };
    const connection = connectionOf('novnc', { kind: 'hypervisor', hypervisor: 'hv', address: 'x' });
    const streams = streamsOf(() => connect(port, host));
    const legs = await walk(diagnoseConnection(connection, { streams, timeouts: TIMEOUTS }));
    expect(names(legs)).toEqual(['ok open the stream', 'ok RFB banner', 'ok RFB security']);
  });

  test('leaves no connection open', async () => {
    const vnc = await serving(rfbDouble({ kind: 'none' }));
    await diagnose('novnc', vnc.transport);
    const [socket] = vnc.sockets;
    if (socket && !socket.closed) await once(socket, 'close', { signal: AbortSignal.timeout(2000) });
    expect(vnc.sockets).toHaveLength(1);
  });
});

describe('an MKS console', () => {
  /** Takes a ticket once, then speaks RFB. */
  async function ticketHost(): Promise<{ url: string; requests: string[] }> {
    const requests: string[] = [];
    const https = createHttpsServer({ cert: identity.cert, key: identity.key });
    const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'binary' });
    https.on('upgrade', (request, socket, head) => {
      requests.push(request.url ?? '');
      if (requests.length > 1) socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
      else
        sockets.handleUpgrade(request, socket, head, (accepted) =>
          accepted.send(Buffer.from('RFB 003.008\n')),
        );
    });
    await new Promise<void>((resolve) => https.listen(0, '127.0.0.1', resolve));
    open.push({
      close: () => {
        https.closeAllConnections();
        https.close();
      },
    });
    return { url: `wss://127.0.0.1:${(https.address() as AddressInfo).port}/ticket/one-use-only`, requests };
  }

  test('uses its ticket once, after the certificate', async () => {
    const { url, requests } = await ticketHost();
    const legs = await diagnose('webmks', { kind: 'websocket', url, tls: byCa() });
    expect(names(legs)).toEqual(['ok TCP PORT', 'ok TLS', 'ok WebSocket upgrade', 'ok RFB banner']);
    expect(requests).toHaveLength(1);
    const again = await diagnose('webmks', { kind: 'websocket', url, tls: byCa() });
    expect(again.at(-1)).toMatchObject({
      name: 'WebSocket upgrade',
      detail: expect.stringContaining('HTTP 403'),
      advice: expect.stringContaining('ticket'),
    });
    expect(JSON.stringify([legs, again])).not.toContain('one-use-only');
  });

  test('is heard when it speaks in one breath with its answer to the handshake', async () => {
    const http = createHttpServer().listen(0, '127.0.0.1');
    await once(http, 'listening');
    open.push(http);
    const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'binary' });
    http.on('upgrade', (request, socket, head) => {
      socket.cork();
      sockets.handleUpgrade(request, socket, head, (accepted) => {
        accepted.send(Buffer.from('RFB 003.008\n'));
        socket.uncork();
      });
    });
    const url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}/ticket/one-use-only`;
    const legs = await diagnose('webmks', { kind: 'websocket', url });
    expect(legs.at(-1)).toMatchObject({ name: 'RFB banner', outcome: 'ok', detail: 'RFB 003.008' });
  });

  test('keeps its ticket from a host with another certificate', async () => {
    const { url, requests } = await ticketHost();
    const legs = await diagnose('webmks', { kind: 'websocket', url, tls: pin('00'.repeat(32)) });
    expect(legs.at(-1)).toMatchObject({ name: 'TLS', outcome: 'failed' });
    expect(requests).toEqual([]);
  });
});

describe('an RDP console', () => {
  const GUID = 'b4d2a7a0-1f3c-4e5d-8a9b-0c1d2e3f4a5b';
  const rdp = (password: string, tls = byCa(), mode: 'vmconnect' | 'nla' = 'vmconnect') =>
    ({
      kind: 'rdp',
      mode,
      tls,
      ...(mode === 'vmconnect' && { preconnectionBlob: GUID }),
      account: { user: 'rc-console', domain: 'LAB', password: new Secret(password) },
    }) as const;

  async function hyperV(): Promise<ConsoleConnection['transport']> {
    const listener = await listenAsHyperV({
      port: 0,
      key: identity.key,
      certificate: identity.cert,
      certificateDer: Uint8Array.from(new X509Certificate(identity.cert).raw),
      passwordOf: (user) => (user === 'rc-console' ? PASSWORD : undefined),
    });
    open.push(listener);
    return { kind: 'tcp', host: '127.0.0.1', port: listener.port };
  }

  test('of Hyper-V is entered up to where RDP begins', async () => {
    const legs = await diagnose('rdp-html5', await hyperV(), rdp(PASSWORD));
    expect(names(legs)).toEqual(['ok TCP PORT', 'ok preconnection blob', 'ok TLS', 'ok CredSSP', 'ok X.224']);
  });

  test('tells a wrong password, and prints neither', async () => {
    const legs = await diagnose('rdp-html5', await hyperV(), rdp('not-that-one'));
    expect(names(legs).slice(1)).toEqual(['ok preconnection blob', 'ok TLS', 'failed CredSSP']);
    expect(legs.at(-1)).toMatchObject({
      detail: expect.stringContaining('0xC000006D'),
      advice: expect.stringMatching(/correct user and password/),
    });
    expect(JSON.stringify(legs)).not.toMatch(/pass-wd1|not-that-one/);
  });

  test.each<[string, TlsSettings]>([
    ['of a stranger', stranger],
    ['that is not the pinned one', pin('ab'.repeat(32))],
  ])('shows a certificate %s, after which no account is sent', async (_, tls) => {
    const legs = await diagnose('rdp-html5', await hyperV(), rdp(PASSWORD, tls));
    expect(names(legs).slice(1)).toEqual(['ok preconnection blob', 'failed TLS']);
    expect(legs.at(-1)?.detail).toContain(fingerprint(identity.cert, 'sha256'));
    expect(legs.at(-1)).toMatchObject({ advice: expect.stringContaining('pin') });
  });

  test('of a host that does not know the VM ends at its GUID', async () => {
    const hangsUp = await serving((socket) => socket.once('data', () => socket.end()));
    const legs = await diagnose('rdp-html5', hangsUp.transport, rdp(PASSWORD));
    expect(legs.at(-1)).toMatchObject({
      name: 'preconnection blob',
      outcome: 'failed',
      advice: expect.stringContaining('no such VM'),
    });
  });

  test('that is none is told', async () => {
    const ssh = await serving((socket) => socket.write('SSH-2.0-OpenSSH_9.9\r\n'));
    const legs = await diagnose('rdp-html5', ssh.transport, rdp(PASSWORD, byCa(), 'nla'));
    expect(legs.at(-1)).toMatchObject({
      name: 'X.224',
      advice: expect.stringContaining('does not speak RDP'),
    });
    const silent = await serving(() => {});
    const late = await diagnose('rdp-html5', silent.transport, rdp(PASSWORD, byCa(), 'nla'));
    expect(late.at(-1)).toMatchObject({ name: 'X.224', detail: 'no answer within 1.5 s' });
  });
});

describe('a serial console', () => {
  const serial = async (serve: (socket: Socket) => void) =>
    (await diagnose('serial', (await serving(serve)).transport)).at(-1);

  test('may speak or be silent, but not hang up', async () => {
    expect(await serial((socket) => socket.write('login: '))).toMatchObject({
      outcome: 'ok',
      detail: 'open; the server is writing (7 bytes)',
    });
    expect(await serial(() => {})).toMatchObject({ outcome: 'ok', detail: 'open and silent' });
    expect(await serial((socket) => socket.end())).toMatchObject({
      outcome: 'failed',
      advice: expect.stringContaining('who else'),
    });
  });

  test('is not written to', async () => {
    const stream = new PassThrough();
    const connection = connectionOf('serial', { kind: 'hypervisor', hypervisor: 'hv', address: 'x' });
    const legs = await walk(diagnoseConnection(connection, { streams: streamsOf(() => stream) }));
    expect(legs.at(-1)?.detail).toBe('open and silent');
    expect(stream.destroyed).toBe(true);
  });
});

const QEMU = '/usr/bin/qemu-system-x86_64';
const SPICE_PORT = 18_596;

function hasQemu(): boolean {
  if (existsSync(QEMU)) return true;
  if (process.env['CI'] === 'true') throw new Error(`${QEMU} is needed: install Debian's qemu-system-x86`);
  console.warn(`\n*** SKIPPED: legs of a real SPICE display. There is no ${QEMU}. ***\n`);
  return false;
}

describe.skipIf(!hasQemu())('a SPICE console of QEMU', () => {
  const transport = { kind: 'tcp', host: '127.0.0.1', port: SPICE_PORT } as const;
  let qemu: ChildProcess;

  beforeAll(async () => {
    const spice = `addr=127.0.0.1,port=${SPICE_PORT},password-secret=ticket`;
    const machine = ['-machine', 'none', '-nodefaults', '-display', 'none'];
    const secret = ['-object', `secret,id=ticket,data=${PASSWORD}`];
    qemu = spawn(QEMU, [...machine, ...secret, '-spice', spice], { stdio: ['ignore', 'ignore', 'inherit'] });
    await listening();
  });
  afterAll(async () => {
    const exit = once(qemu, 'exit');
    qemu.kill();
    await exit;
  });

  async function listening(): Promise<void> {
    for (let attempt = 0; attempt < 100; attempt++) {
      const socket = connect(SPICE_PORT, '127.0.0.1');
      const up = await Promise.race([
        once(socket, 'connect').then(() => true),
        once(socket, 'close').then(() => false),
      ]).catch(() => false);
      socket.destroy();
      if (up) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('QEMU does not listen');
  }

  const ticket = (text: string) => ({ kind: 'spice-ticket', ticket: new Secret(text) }) as const;

  test('is linked, and its ticket tried', async () => {
    const legs = await diagnose('spice-html5', transport, ticket(PASSWORD));
    expect(names(legs)).toEqual(['ok TCP PORT', 'ok SPICE link', 'ok SPICE ticket']);
    expect(legs[1]?.detail).toMatch(/^SPICE 2\.\d/);
    const wrong = (await diagnose('spice-html5', transport, ticket('wrong'))).at(-1);
    expect(wrong).toMatchObject({ name: 'SPICE ticket', advice: expect.stringContaining('another') });
    const none = (await diagnose('spice-html5', transport)).at(-1);
    expect(none).toMatchObject({ name: 'SPICE ticket', advice: expect.stringContaining('configure it') });
  });

  test('of something else is told', async () => {
    const vnc = await serving(rfbDouble({ kind: 'none' }));
    const legs = await diagnose('spice-html5', vnc.transport);
    expect(legs.at(-1)).toMatchObject({ name: 'SPICE link', detail: 'the console does not speak SPICE' });
  });
});
