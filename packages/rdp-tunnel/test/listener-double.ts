import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { CredSspAcceptor } from '../src/acceptor.js';
import { parsePreconnectionBlob, preconnectionBlobLength } from '../src/preconnection-blob.js';
import { subjectPublicKeyOf } from '../src/subject-public-key.js';
import { tpktHeadLength, tpktLength } from '../src/tpkt.js';
import { encodeConnectionConfirm, parseConnectionRequest } from '../src/x224.js';

/** What a client did, as far as it came. */
export interface Seen {
  preconnectionText?: string;
  user?: string;
  delegatedPassword?: string;
  targetName?: string;
  refused?: number;
  requestedProtocols?: number;
  /** The client's MCS Connect-Initial. */
  connectInitial?: Uint8Array;
  /** Why this double gave up. */
  error?: unknown;
}

export interface ListenerDouble {
  readonly seen: Seen;
  readonly port: number;
  close(): Promise<void>;
}

export interface ListenerDoubleOptions {
  readonly port: number;
  readonly key: string;
  readonly certificate: string;
  /** The same, as the clients see it. */
  readonly certificateDer: Uint8Array;
  readonly passwordOf: (user: string) => string | undefined;
  /** What follows a client's first MCS message; where absent the double hangs up. */
  readonly serve?: (client: TLSSocket, connectInitial: Uint8Array) => Promise<void>;
}

/** Hyper-V's console listener up to the first MCS message. */
export async function listenAsHyperV(options: ListenerDoubleOptions): Promise<ListenerDouble> {
  const seen: Seen = {};
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    serve(socket, seen, options)
      .catch((error: unknown) => {
        seen.error = error;
      })
      .finally(() => socket.end());
  });
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  return {
    seen,
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function serve(socket: Socket, seen: Seen, options: ListenerDoubleOptions): Promise<void> {
  const head = await read(socket, 4);
  const length = preconnectionBlobLength(head) ?? 0;
  const blob = parsePreconnectionBlob(Uint8Array.of(...head, ...(await read(socket, length - 4))));
  seen.preconnectionText = blob.version === 2 ? blob.text : '';
  const tls = new TLSSocket(socket, { isServer: true, key: options.key, cert: options.certificate });
  const acceptor = new CredSspAcceptor({
    computerName: 'HV1',
    domainName: 'LAB',
    passwordOf: options.passwordOf,
    subjectPublicKey: subjectPublicKeyOf(options.certificateDer),
    random: (count) => Uint8Array.from(randomBytes(count)),
    now: Date.now,
  });
  for (;;) {
    for (const step of acceptor.receive(await read(tls))) {
      if (step.kind !== 'done') tls.write(step.bytes);
      if (step.kind === 'refused') {
        seen.refused = step.ntStatus;
        tls.end();
        return;
      }
      if (step.kind === 'send') continue;
      seen.user = step.credentials.user;
      seen.delegatedPassword = step.credentials.password;
      seen.targetName = step.targetName;
      if (step.rest.length > 0) tls.unshift(step.rest);
      return await serveX224(tls, seen, options.serve);
    }
  }
}

async function serveX224(tls: TLSSocket, seen: Seen, serve: ListenerDoubleOptions['serve']): Promise<void> {
  seen.requestedProtocols = parseConnectionRequest(await readTpkt(tls)).requestedProtocols;
  tls.write(encodeConnectionConfirm({ kind: 'selected', protocol: 2, flags: 0 }));
  seen.connectInitial = await readTpkt(tls);
  await serve?.(tls, seen.connectInitial);
  tls.end();
}

async function readTpkt(stream: Duplex): Promise<Uint8Array> {
  const head = await read(stream, tpktHeadLength);
  const length = tpktLength(head, 16_384) ?? 0;
  return Uint8Array.of(...head, ...(await read(stream, length - tpktHeadLength)));
}

/** The next `length` bytes, or whatever comes next. */
async function read(stream: Duplex, length?: number): Promise<Uint8Array> {
  for (;;) {
    const bytes: Buffer | null = stream.read(length);
    if (bytes) return Uint8Array.from(bytes);
    if (stream.readableEnded || stream.destroyed) throw new Error('the client hung up');
    await once(stream, 'readable', { signal: AbortSignal.timeout(10_000) });
  }
}
