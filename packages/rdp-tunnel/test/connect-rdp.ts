import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { RdpNegotiation, type RdpNegotiationOptions, type RdpNegotiationStep } from '../src/negotiation.js';
import { subjectPublicKeyOf } from '../src/subject-public-key.js';

export interface Connected {
  readonly socket: TLSSocket;
  readonly done: Extract<RdpNegotiationStep, { kind: 'done' }>;
}

/** Does what the negotiation says on a real socket. The certificate is not checked: CredSSP is what is tested. */
export function connectRdp(port: number, options: RdpNegotiationOptions): Promise<Connected> {
  return new Promise((resolve, reject) => {
    const negotiation = new RdpNegotiation(options);
    const plain: Socket = connect(port, '127.0.0.1');
    let wire: Duplex = plain;
    let secure: TLSSocket | undefined;
    const fail = (error: unknown): void => {
      plain.destroy();
      reject(error);
    };
    const attempt = (run: () => readonly RdpNegotiationStep[]): void => {
      try {
        for (const step of run()) act(step);
      } catch (error) {
        fail(error);
      }
    };
    const onData = (bytes: Buffer): void => attempt(() => negotiation.receive(Uint8Array.from(bytes)));
    const onClose = (): void => fail(negotiation.connectionClosed());
    const act = (step: RdpNegotiationStep): void => {
      if (step.kind === 'send') wire.write(step.bytes);
      else if (step.kind === 'start-tls') {
        plain.off('data', onData);
        const tls = connectTls({ socket: plain, rejectUnauthorized: false }, () => {
          const certificate = tls.getPeerX509Certificate();
          if (!certificate) return fail(new Error('no certificate'));
          attempt(() =>
            negotiation.tlsEstablished({ subjectPublicKey: subjectPublicKeyOf(certificate.raw) }),
          );
        });
        tls.on('data', onData);
        tls.on('error', fail);
        secure = tls;
        wire = tls;
      } else if (secure) {
        secure.off('data', onData);
        plain.off('close', onClose);
        resolve({ socket: secure, done: step });
      }
    };
    plain.on('connect', () => attempt(() => negotiation.start()));
    plain.on('data', onData);
    plain.on('error', fail);
    plain.on('close', onClose);
    plain.setTimeout(10_000, () => fail(new Error('the RDP server said nothing for 10 s')));
  });
}

/** What the server sends next. */
export function nextBytes(socket: TLSSocket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    socket.once('data', resolve);
    socket.once('close', () => reject(new Error('the RDP server hung up')));
  });
}
