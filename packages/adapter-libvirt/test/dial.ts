import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import type { ConsoleTransport, HypervisorPort, TlsSettings } from '@remote-consoles/core';

/** Opens a transport as the gateway would. */
export async function dial(transport: ConsoleTransport, port: HypervisorPort): Promise<Duplex> {
  switch (transport.kind) {
    case 'hypervisor':
      return (await port.streams?.openStream(transport)) as Duplex;
    case 'tcp':
      return connect(transport.port, transport.host);
    case 'tls':
      return await startTls(connect(transport.port, transport.host), transport.tls);
    case 'unix':
      return connect(transport.path);
    default:
      throw new Error(`no way to dial ${transport.kind}`);
  }
}

/** TLS on an open connection, verified as the settings say. */
export function startTls(socket: Duplex, { trust, serverName, identity }: TlsSettings): Promise<Duplex> {
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

/** The next bytes; rejects where the stream fails or ends. With a length, exactly so many. */
export function read(stream: Duplex, length?: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const settle = (done: () => void): void => {
      stream.off('readable', onReadable).off('error', onError).off('close', onEnd).off('end', onEnd);
      done();
    };
    const onReadable = (): void => {
      const bytes: unknown = stream.read(length);
      if (bytes instanceof Buffer) settle(() => resolve(bytes));
    };
    const onError = (error: Error): void => settle(() => reject(error));
    const onEnd = (): void => settle(() => reject(new Error('the console closed the connection')));
    stream.on('readable', onReadable).once('error', onError).once('close', onEnd).once('end', onEnd);
    onReadable();
  });
}
