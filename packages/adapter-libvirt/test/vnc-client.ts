import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import type { ConsoleConnection, HypervisorPort, TlsSettings } from '@remote-consoles/core';
import {
  InputBuffer,
  RfbClientHandshake,
  readServerInit,
  type Security,
  type ServerInit,
} from '@remote-consoles/rfb';

/** A display that has let us in. */
export interface VncSession {
  readonly stream: Duplex;
  /** The security that was agreed on. */
  readonly security: Security;
  readonly encrypted: boolean;
  readonly init: ServerInit;
}

async function dial({ transport }: ConsoleConnection, port: HypervisorPort): Promise<Duplex> {
  switch (transport.kind) {
    case 'hypervisor':
      return (await port.streams?.openStream(transport)) as Duplex;
    case 'tcp':
      return connect(transport.port, transport.host);
    case 'unix':
      return connect(transport.path);
    default:
      throw new Error(`no way to dial ${transport.kind}`);
  }
}

function startTls(socket: Duplex, { trust, serverName, identity }: TlsSettings): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const secured = connectTls({
      socket: socket as Socket,
      ...(trust.kind === 'ca' && { ca: trust.ca }),
      ...(identity && { cert: identity.certificate, key: identity.key.reveal() }),
      ...(serverName !== undefined && { servername: serverName }),
    });
    secured.once('secureConnect', () => resolve(secured)).once('error', reject);
  });
}

/** Bytes as they come; rejects where the stream fails or ends. */
function nextChunk(stream: Duplex): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunk: unknown = stream.read();
    if (chunk instanceof Buffer) {
      resolve(chunk);
      return;
    }
    const settle = (done: () => void): void => {
      stream.off('readable', onReadable).off('error', onError).off('close', onEnd).off('end', onEnd);
      done();
    };
    const onReadable = (): void => {
      const bytes: unknown = stream.read();
      if (bytes instanceof Buffer) settle(() => resolve(bytes));
    };
    const onError = (error: Error): void => settle(() => reject(error));
    const onEnd = (): void => settle(() => reject(new Error('the display closed the connection')));
    stream.on('readable', onReadable).once('error', onError).once('close', onEnd).once('end', onEnd);
  });
}

/** Goes to a VNC display as the connection says, up to its ServerInit. */
export async function openVnc(connection: ConsoleConnection, port: HypervisorPort): Promise<VncSession> {
  const { security } = connection;
  if (security.kind !== 'rfb') throw new Error('no VNC console');
  let stream = await dial(connection, port);
  let encrypted = false;
  const handshake = new RfbClientHandshake({
    tls: security.tlsRequired === true ? 'require' : security.tls ? 'allow' : 'never',
    ...(security.password && { password: security.password.reveal() }),
  });
  let chunk = await nextChunk(stream);
  for (;;) {
    for (const step of handshake.receive(chunk)) {
      if (step.kind === 'send') stream.write(step.bytes);
      if (step.kind === 'done') {
        stream.write(Uint8Array.of(1)); // ClientInit, shared
        const init = await serverInit(stream, step.rest);
        return { stream, security: step.security, encrypted, init };
      }
      if (step.kind === 'start-tls') {
        if (!security.tls) throw new Error('the display wants TLS');
        stream = await startTls(stream, security.tls);
        encrypted = true;
        for (const next of handshake.tlsEstablished()) if (next.kind === 'send') stream.write(next.bytes);
      }
    }
    chunk = await nextChunk(stream);
  }
}

async function serverInit(stream: Duplex, first: Uint8Array): Promise<ServerInit> {
  const input = new InputBuffer(4096);
  input.push(first);
  for (;;) {
    const init = readServerInit(input);
    if (init) return init;
    input.push(await nextChunk(stream));
  }
}
