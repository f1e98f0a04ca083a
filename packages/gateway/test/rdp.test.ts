import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { type ConsoleSecurity, Secret, type TlsSettings } from '@remote-consoles/core';
import {
  encodeConnectionConfirm,
  encodeConnectionRequest,
  parseConnectionConfirm,
} from '@remote-consoles/rdp-tunnel';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { fingerprint, type Identity, TestAuthority } from '../../../scripts/fixtures/certificates.js';
import {
  type ListenerDouble,
  type ListenerDoubleOptions,
  listenAsHyperV,
} from '../../rdp-tunnel/test/listener-double.js';
import { ConsoleRig } from './support/console-rig.js';
import { connectInitial, rdpRequest, readAnswer } from './support/rdp-viewer.js';
import { TestUpstream } from './support/upstreams.js';
import { openViewer, statusOf, until, type Viewer } from './support/viewers.js';

const PASSWORD = 'host-password-nobody-sees';
const VM = 'b4d2a7a0-1f3c-4e5d-8a9b-0c1d2e3f4a5b';

let authority: TestAuthority;
let identity: Identity;
beforeAll(() => {
  authority = new TestAuthority();
  identity = authority.issue('IP:127.0.0.1');
});
afterAll(() => authority.remove());

const open: { close(): Promise<void> }[] = [];
const rigs: ConsoleRig[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
  for (const { log, audit, gateway } of rigs.splice(0)) {
    expect(JSON.stringify([log, audit])).not.toContain(PASSWORD);
    expect(gateway.counters()).toMatchObject({ faults: 0, sessions: 0, openings: 0 });
  }
});

function keep<Thing extends { close(): Promise<void> }>(thing: Thing): Thing {
  open.push(thing);
  return thing;
}

async function newRig(options: ConstructorParameters<typeof ConsoleRig>[0] = {}): Promise<ConsoleRig> {
  const rig = keep(await new ConsoleRig(options).listen());
  rigs.push(rig);
  return rig;
}

const echo = async (client: TLSSocket): Promise<void> => {
  client.write('hello from the server');
  for await (const bytes of client) client.write(bytes as Buffer);
};

async function hyperV(
  serve: NonNullable<ListenerDoubleOptions['serve']> = echo,
  { key, cert } = identity,
): Promise<ListenerDouble> {
  return keep(
    await listenAsHyperV({
      port: 0,
      key,
      certificate: cert,
      certificateDer: Uint8Array.from(new X509Certificate(cert).raw),
      passwordOf: (user) => (user === 'rc-console' ? PASSWORD : undefined),
      serve,
    }),
  );
}

interface Login {
  readonly password?: string;
  readonly tls?: TlsSettings;
}

function vmConnect({ password = PASSWORD, tls }: Login = {}): ConsoleSecurity {
  return {
    kind: 'rdp',
    mode: 'vmconnect',
    tls: tls ?? { trust: { kind: 'ca', ca: authority.ca } },
    preconnectionBlob: VM,
    account: { user: 'rc-console', domain: 'LAB', password: new Secret(password) },
  };
}

async function rdpUrl(
  rig: ConsoleRig,
  port: number,
  security: ConsoleSecurity = vmConnect(),
): Promise<string> {
  const transport = { kind: 'tcp', host: '127.0.0.1', port } as const;
  return rig.url(await rig.token({ type: 'rdp-html5', transport, security }));
}

/** Opens a console as the page does; `sent` is how its request goes out. */
async function ask(url: string, sent: readonly Uint8Array[] = [rdpRequest()]): Promise<Viewer> {
  const viewer = await openViewer(url);
  for (const bytes of sent) viewer.socket.send(bytes);
  return viewer;
}

const silence = (socket: Socket): void => void socket.resume();

const failureOf = (rig: ConsoleRig) => rig.audit.find(({ outcome }) => outcome === 'failure')?.reason;

describe('a console of Hyper-V', () => {
  test('is given to a viewer that asks, by its token alone, with the host’s account left in the gateway', async () => {
    const [rig, host] = [await newRig(), await hyperV()];
    const viewer = await ask(await rdpUrl(rig, host.port));
    const answer = await readAnswer(viewer);
    if (answer.kind !== 'connected') throw new Error(JSON.stringify(answer));
    expect(parseConnectionConfirm(answer.x224ConnectionConfirm)).toMatchObject({
      kind: 'selected',
      protocol: 1,
    });
    expect(Buffer.from(answer.serverCertificateChain[0] ?? [])).toEqual(
      new X509Certificate(identity.cert).raw,
    );
    viewer.socket.send(connectInitial);
    expect((await viewer.reader.read(21)).toString()).toBe('hello from the server');
    expect(host.seen).toMatchObject({
      preconnectionText: VM,
      user: 'rc-console',
      delegatedPassword: PASSWORD,
      targetName: 'TERMSRV/127.0.0.1',
      requestedProtocols: 2,
    });
    // It says what the server selected, and nothing else is changed.
    expect(host.seen.connectInitial?.filter((byte, i) => byte !== connectInitial[i])).toEqual(
      Uint8Array.of(2),
    );
    viewer.socket.send(Buffer.alloc(300_000, 7));
    expect((await viewer.reader.read(300_000)).equals(Buffer.alloc(300_000, 7))).toBe(true);
    expect(rig.gateway.sessions()).toMatchObject([
      {
        security: 'rdp-vmconnect',
        type: 'rdp-html5',
        bytesDown: 300_021,
        bytesUp: 300_000 + connectInitial.length,
      },
    ]);
    viewer.socket.close();
    await until(() => rig.audit.some(({ action }) => action === 'console.close'));
    expect(rig.audit.slice(1)).toMatchObject([
      { action: 'console.open', outcome: 'success', security: 'rdp-vmconnect' },
      { action: 'console.close', reason: 'viewer-closed', bytesDown: 300_021 },
    ]);
  });

  test('is given to a viewer whose messages come byte by byte', async () => {
    const [rig, host] = [await newRig(), await hyperV()];
    const viewer = await ask(
      await rdpUrl(rig, host.port),
      Array.from(rdpRequest(), (byte) => Uint8Array.of(byte)),
    );
    expect(await readAnswer(viewer)).toMatchObject({ kind: 'connected' });
    for (const byte of connectInitial) viewer.socket.send(Uint8Array.of(byte));
    expect((await viewer.reader.read(21)).toString()).toBe('hello from the server');
  });

  test('keeps what a viewer sends behind its first message', async () => {
    const [rig, host] = [await newRig(), await hyperV()];
    const viewer = await ask(await rdpUrl(rig, host.port));
    await readAnswer(viewer);
    const more = Buffer.from('and more');
    viewer.socket.send(Buffer.concat([connectInitial, more]));
    for (let i = 0; i < 50; i++) viewer.socket.send(more);
    expect((await viewer.reader.read(21 + 51 * 8)).subarray(21).toString()).toBe('and more'.repeat(51));
  });

  test('ends with the host’s end, which is told', async () => {
    const [rig, host] = [await newRig(), await hyperV(async () => {})];
    const viewer = await ask(await rdpUrl(rig, host.port));
    await readAnswer(viewer);
    viewer.socket.send(connectInitial);
    expect(await viewer.closed).toMatchObject({ code: 4010 });
  });

  test('is refused with the host’s refusal of the account, without its words', async () => {
    const [rig, host] = [await newRig(), await hyperV()];
    const viewer = await ask(await rdpUrl(rig, host.port, vmConnect({ password: 'not-that-one' })));
    expect(await readAnswer(viewer)).toMatchObject({ kind: 'general-error', httpStatus: 502 });
    expect(await viewer.closed).toEqual({
      code: 4010,
      reason: 'the console did not let the gateway in (credssp-refused)',
    });
    expect(host.seen.refused).toBe(0xc000006d);
    expect(failureOf(rig)).toBe('credssp-refused');
    expect(rig.gateway.counters().refused).toEqual({ 502: 1 });
  });

  test('leaves a one-time token as good as before when the host refuses, and spent when it is shown', async () => {
    const rig = await newRig();
    const host = await hyperV();
    const transport = { kind: 'tcp', host: '127.0.0.1', port: host.port } as const;
    const console = { type: 'rdp-html5', transport, oneTime: true } as const;
    const refused = rig.url(
      await rig.token({ ...console, security: vmConnect({ password: 'not-that-one' }) }),
    );
    for (let i = 0; i < 2; i++) {
      const viewer = await ask(refused);
      expect(await readAnswer(viewer)).toMatchObject({ httpStatus: 502 });
      await viewer.closed;
      // The second time the host is not asked: that could lock the account.
      expect(host.seen.refused).toBe(i === 0 ? 0xc000006d : undefined);
      delete host.seen.refused;
    }
    const url = rig.url(await rig.token({ ...console, security: vmConnect() }));
    await readAnswer(await ask(url));
    expect(await statusOf(url)).toBe(403);
  });

  test.each<[string, number, () => TlsSettings]>([
    [
      'is not the pinned one',
      42,
      () => ({ trust: { kind: 'pin', algorithm: 'sha256', fingerprint: 'ab'.repeat(32) } }),
    ],
    ['is of an unknown authority', 48, () => ({ trust: { kind: 'system' } })],
    ['is another host’s', 42, () => ({ trust: { kind: 'ca', ca: authority.ca }, serverName: 'hv2.example' })],
  ])('never sees the account where the certificate %s', async (_case, tlsAlert, tls) => {
    const [rig, host] = [await newRig(), await hyperV()];
    const viewer = await ask(await rdpUrl(rig, host.port, vmConnect({ tls: tls() })));
    expect(await readAnswer(viewer)).toMatchObject({ kind: 'general-error', tlsAlert });
    expect((await viewer.closed).code).toBe(4010);
    expect(failureOf(rig)).toBe('certificate-refused');
    expect(host.seen).not.toHaveProperty('user');
  });

  test('shows the viewer the chain that the host showed', async () => {
    const withAuthority = { ...identity, cert: identity.cert + authority.ca };
    const [rig, host] = [await newRig(), await hyperV(echo, withAuthority)];
    const answer = await readAnswer(await ask(await rdpUrl(rig, host.port)));
    if (answer.kind !== 'connected') throw new Error(JSON.stringify(answer));
    const chain = [identity.cert, authority.ca].map((pem) => new X509Certificate(pem).raw);
    expect(answer.serverCertificateChain.map((der) => Buffer.from(der))).toEqual(chain);
  });

  test('reads no more from the host than a slow viewer takes', async () => {
    let written = 0;
    const flood = async (client: TLSSocket): Promise<void> => {
      const chunk = Buffer.alloc(64 * 1024, 7);
      while (!client.destroyed && written < 200 * 1024 * 1024) {
        written += chunk.length;
        if (!client.write(chunk)) await once(client, 'drain').catch(() => client.destroy());
      }
    };
    const [rig, host] = [await newRig(), await hyperV(flood)];
    const viewer = await ask(await rdpUrl(rig, host.port));
    await readAnswer(viewer);
    viewer.socket.pause();
    viewer.socket.send(connectInitial);
    let before = -1;
    while (written > before || written === 0) {
      before = written;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    expect(written).toBeLessThan(40 * 1024 * 1024);
    viewer.socket.resume();
    await until(() => written > before + 20 * 1024 * 1024, 20_000);
    viewer.socket.terminate();
  });

  test.each(['sha1', 'sha256'] as const)('is believed by a %s pin', async (algorithm) => {
    const [rig, host] = [await newRig(), await hyperV()];
    const trust = { kind: 'pin', algorithm, fingerprint: fingerprint(identity.cert, algorithm) } as const;
    const viewer = await ask(await rdpUrl(rig, host.port, vmConnect({ tls: { trust } })));
    expect(await readAnswer(viewer)).toMatchObject({ kind: 'connected' });
    viewer.socket.terminate();
  });

  test('that is not there is a refusal before the upgrade', async () => {
    const [rig, host] = [await newRig(), await hyperV()];
    const url = await rdpUrl(rig, host.port);
    await host.close();
    open.splice(open.indexOf(host), 1);
    expect(await statusOf(url)).toBe(502);
  });

  test('ends while it is being opened when its server does, and says so', async () => {
    const rig = await newRig();
    const silent = keep(await TestUpstream.start(silence));
    const url = await rdpUrl(rig, Number('port' in silent.transport && silent.transport.port));
    const viewer = await ask(url);
    await until(() => silent.sockets.length > 0);
    expect(rig.gateway.closeServer([...rig.servers.keys()][0] ?? '', 'stopped')).toBe(1);
    expect(await viewer.closed).toMatchObject({ code: 4001 });
    await until(() => silent.sockets[0]?.destroyed === true);
  });
});

describe('a viewer that', () => {
  async function refusedFor(sent: readonly (Uint8Array | string)[], code: number): Promise<Viewer> {
    const [rig, host] = [await newRig({ timeouts: { handshake: 300 } }), await hyperV()];
    const viewer = await openViewer(await rdpUrl(rig, host.port));
    for (const bytes of sent) viewer.socket.send(bytes);
    expect(await viewer.closed).toMatchObject({ code });
    expect(host.seen).not.toHaveProperty('user');
    expect(failureOf(rig)).toMatch(/^viewer-/);
    return viewer;
  }

  const badRequest = { kind: 'general-error', httpStatus: 400 };

  test.each<[string, Uint8Array]>([
    ['speaks RDP at once', connectInitial],
    ['speaks HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['announces more than any request has', Uint8Array.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff)],
    ['asks in another version', rdpRequest().map((byte, i) => (i > 4 && byte === 0x0d ? 0x0e : byte))],
    ['sends more than a request', Buffer.concat([rdpRequest(), Uint8Array.of(1)])],
  ])('%s is refused', async (_case, bytes) => {
    const viewer = await refusedFor([bytes], 1002);
    expect(await readAnswer(viewer)).toMatchObject(badRequest);
  });

  test('speaks again before it is answered is refused', async () => {
    const rig = await newRig();
    const silent = keep(await TestUpstream.start(silence));
    const url = await rdpUrl(rig, Number('port' in silent.transport && silent.transport.port));
    const viewer = await ask(url);
    await until(() => silent.sockets.length > 0);
    viewer.socket.send(Uint8Array.of(0));
    expect(await viewer.closed).toMatchObject({ code: 1002 });
    await until(() => silent.sockets[0]?.destroyed === true);
    expect(failureOf(rig)).toBe('viewer-handshake-failed');
  });

  test('sends text is refused', async () => {
    await refusedFor(['text'], 1003);
  });

  test('says nothing, or half of it, is given up', async () => {
    await refusedFor([], 1002);
    await refusedFor([rdpRequest().subarray(0, 40)], 1002);
  });

  test('wants to log in itself is told that TLS is what there is', async () => {
    const x224ConnectionRequest = encodeConnectionRequest({ requestedProtocols: 2, flags: 0 });
    const viewer = await refusedFor([rdpRequest({ x224ConnectionRequest })], 1002);
    const answer = await readAnswer(viewer);
    if (answer.kind !== 'negotiation-error') throw new Error(answer.kind);
    expect(parseConnectionConfirm(answer.x224ConnectionConfirm)).toEqual({ kind: 'failed', failure: 1 });
  });

  test.each<[string, Uint8Array]>([
    ['has no MCS Connect-Initial', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['has a broken one', connectInitial.map((byte, i) => (i === 8 ? 0xff : byte))],
    ['has an endless one', Uint8Array.of(3, 0, 0xff, 0xff)],
    ['never sends the rest of it', connectInitial.subarray(0, 100)],
  ])('%s is refused after its answer', async (_case, bytes) => {
    const [rig, host] = [await newRig({ timeouts: { handshake: 1000 } }), await hyperV()];
    const viewer = await ask(await rdpUrl(rig, host.port));
    expect(await readAnswer(viewer)).toMatchObject({ kind: 'connected' });
    viewer.socket.send(bytes);
    expect(await viewer.closed).toMatchObject({ code: 1002 });
    expect(viewer.reader.length).toBe(0);
    expect(host.seen).not.toHaveProperty('connectInitial');
    expect(failureOf(rig)).toMatch(/^viewer-(handshake-failed|late)$/);
  });

  test('leaves while its console is being opened leaves nothing behind', async () => {
    const rig = await newRig();
    const silent = keep(await TestUpstream.start(silence));
    const url = await rdpUrl(rig, Number('port' in silent.transport && silent.transport.port));
    const viewer = await ask(url);
    await until(() => silent.sockets.length > 0);
    viewer.socket.terminate();
    await until(() => silent.sockets[0]?.destroyed === true);
    await until(() => failureOf(rig) === 'viewer-left');
  });
});

describe('an RDP server that', () => {
  const tls: ConsoleSecurity = { kind: 'rdp', mode: 'tls', tls: { trust: { kind: 'system' } } };
  const confirm = (...parts: Parameters<typeof encodeConnectionConfirm>) => encodeConnectionConfirm(...parts);
  const nla = confirm({ kind: 'failed', failure: 5 });

  async function answered(serve: (socket: Socket) => void, security: ConsoleSecurity = tls) {
    const rig = await newRig({ timeouts: { handshake: 300 } });
    const server = keep(await TestUpstream.start(serve));
    const url = await rdpUrl(rig, Number('port' in server.transport && server.transport.port), security);
    const viewer = await ask(url);
    const answer = await readAnswer(viewer);
    expect((await viewer.closed).code).toBe(4010);
    await until(() => server.sockets.every((socket) => socket.destroyed));
    return { answer, word: failureOf(rig) };
  }

  const says = (bytes: Uint8Array) => (socket: Socket) => void socket.once('data', () => socket.write(bytes));

  test.each<[string, (socket: Socket) => void, object, string]>([
    ['hangs up at once', (socket) => socket.destroy(), { wsaError: 10_054 }, 'negotiation-failed'],
    [
      'hangs up on X.224',
      (socket) => void socket.once('data', () => socket.end()),
      { wsaError: 10_054 },
      'negotiation-failed',
    ],
    ['says nothing', silence, { wsaError: 10_060 }, 'console-unreachable'],
    ['speaks something else', says(Buffer.from('SSH-2.0-x\r\n')), { kind: 'general-error' }, 'malformed'],
    [
      'announces an endless message',
      says(Uint8Array.of(3, 0, 0xff, 0xff)),
      { kind: 'general-error' },
      'too-long',
    ],
    [
      'knows no TLS',
      says(confirm({ kind: 'unnegotiated' })),
      { kind: 'general-error' },
      'negotiation-failed',
    ],
    [
      'selects what it was not asked for',
      says(confirm({ kind: 'selected', protocol: 8, flags: 0 })),
      { kind: 'general-error' },
      'negotiation-failed',
    ],
    [
      'demands another login',
      says(nla),
      { kind: 'negotiation-error', x224ConnectionConfirm: Buffer.from(nla) },
      'negotiation-failed',
    ],
    [
      'sends plain bytes where TLS is due',
      says(Buffer.concat([confirm({ kind: 'selected', protocol: 1, flags: 0 }), Uint8Array.of(1)])),
      { kind: 'general-error' },
      'malformed',
    ],
    [
      'speaks no TLS after all',
      (socket) =>
        void socket.once('data', () => {
          socket.write(confirm({ kind: 'selected', protocol: 1, flags: 0 }));
          socket.once('data', () => socket.write('SSH-2.0-x\r\n'));
        }),
      { kind: 'general-error', tlsAlert: 40 },
      'tls-failed',
    ],
    [
      'hangs up on TLS',
      (socket) =>
        void socket.once('data', () => {
          socket.write(confirm({ kind: 'selected', protocol: 1, flags: 0 }));
          socket.once('data', () => socket.destroy());
        }),
      { wsaError: 10_054 },
      'tls',
    ],
  ])('%s is told to the viewer and to the records', async (_case, serve, answer, word) => {
    expect(await answered(serve)).toMatchObject({ answer, word });
  });

  test.each<[string, (socket: Socket) => void, object, string]>([
    ['hangs up at once', (socket) => socket.end(), { wsaError: 10_054 }, 'pcb'],
    [
      'does not know the VM',
      (socket) => void socket.once('data', () => socket.end()),
      { wsaError: 10_054 },
      'pcb',
    ],
    ['says nothing', silence, { wsaError: 10_060 }, 'console-unreachable'],
  ])('%s in VMConnect’s order is told as well', async (_case, serve, answer, word) => {
    expect(await answered(serve, vmConnect())).toMatchObject({ answer, word });
  });
});
