import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TlsTrust } from '@remote-consoles/core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { fingerprint, type Identity, TestAuthority } from '../../../scripts/fixtures/certificates.js';
import { ConsoleRig } from './support/console-rig.js';
import { openViewer, statusOf, until } from './support/viewers.js';

const TICKET = '5e7c0a11de';

let authority: TestAuthority;
let identity: Identity;
beforeAll(() => {
  authority = new TestAuthority();
  identity = authority.issue('IP:127.0.0.1');
});
afterAll(() => authority.remove());

/** A host as ESXi: a ticket in the path of a wss URL is good once. */
class TicketHost {
  readonly requests: string[] = [];
  readonly sockets: WebSocket[] = [];
  readonly #https: Server;

  constructor({ cert, key }: Identity) {
    this.#https = createServer({ cert, key });
    const sockets = new WebSocketServer({
      noServer: true,
      handleProtocols: (offered) => [...offered][0] ?? false,
    });
    this.#https.on('upgrade', (request, socket, head) => {
      this.requests.push(request.url ?? '');
      if (this.requests.length > 1) socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
      else sockets.handleUpgrade(request, socket, head, (accepted) => void this.sockets.push(accepted));
    });
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#https.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url(): string {
    return `wss://127.0.0.1:${(this.#https.address() as AddressInfo).port}/ticket/${TICKET}`;
  }

  close(): void {
    for (const socket of this.sockets) socket.terminate();
    this.#https.close();
    this.#https.closeAllConnections();
  }
}

let host: TicketHost;
let rig: ConsoleRig;
beforeEach(async () => {
  host = await new TicketHost(identity).listen();
  rig = await new ConsoleRig().listen();
});
afterEach(async () => {
  expect(JSON.stringify([rig.log, rig.audit])).not.toContain(TICKET);
  await rig.close();
  host.close();
});

async function consoleUrl(trust: TlsTrust): Promise<string> {
  const transport = { kind: 'websocket', url: host.url, tls: { trust } } as const;
  return rig.url(await rig.token({ type: 'webmks', transport }));
}

const pin = (algorithm: 'sha1' | 'sha256'): TlsTrust => ({
  kind: 'pin',
  algorithm,
  fingerprint: fingerprint(identity.cert, algorithm),
});

test.each([
  ['an authority', () => ({ kind: 'ca', ca: authority.ca }) as const],
  ['a SHA-256 pin', () => pin('sha256')],
  ['a SHA-1 pin', () => pin('sha1')],
])('bytes flow both ways with a host believed by %s', async (_case, trust) => {
  const viewer = await openViewer(await consoleUrl(trust()));
  const [socket] = host.sockets;
  expect(socket?.protocol).toBe('binary');
  const received: Buffer[] = [];
  socket?.on('message', (bytes: Buffer) => void received.push(bytes));
  socket?.send(Buffer.from('RFB 003.008\n'));
  expect((await viewer.reader.read(12)).toString()).toBe('RFB 003.008\n');
  viewer.socket.send(Buffer.alloc(200_000, 7));
  await until(() => Buffer.concat(received).length === 200_000);
  socket?.close();
  expect((await viewer.closed).code).toBe(4010);
});

test.each([
  [
    'is not the pinned one',
    () => ({ kind: 'pin', algorithm: 'sha256', fingerprint: 'ab'.repeat(32) }) as const,
  ],
  ['is of an unknown authority', () => ({ kind: 'system' }) as const],
])('a host whose certificate %s never sees the ticket', async (_case, trust) => {
  expect(await statusOf(await consoleUrl(trust()))).toBe(502);
  expect(host.requests).toEqual([]);
});

test('a ticket that was used is a refusal before the upgrade', async () => {
  const url = await consoleUrl(pin('sha256'));
  const first = await openViewer(url);
  expect(await statusOf(url)).toBe(502);
  expect(rig.audit).toContainEqual(
    expect.objectContaining({ outcome: 'failure', reason: 'console-refused' }),
  );
  first.socket.terminate();
});

test('a host that is not there is an answer, too', async () => {
  const url = await consoleUrl(pin('sha256'));
  host.close();
  expect(await statusOf(url)).toBe(502);
});
