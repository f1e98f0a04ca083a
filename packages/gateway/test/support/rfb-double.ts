import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import {
  type HandshakeStep,
  RfbError,
  RfbServerHandshake,
  type RfbServerSecurity,
} from '@remote-consoles/rfb';
import type { Identity } from '../../../../scripts/fixtures/certificates.js';

/** A VNC server up to the end of its security phase, for `TestUpstream`. */
export function rfbDouble(security: RfbServerSecurity, identity?: Identity): (socket: Socket) => void {
  return (socket) => {
    const handshake = new RfbServerHandshake({ security, random: (n) => randomBytes(n) });
    let wire: Duplex = socket;
    const take = (advance: () => readonly HandshakeStep[]): void => {
      try {
        for (const step of advance()) act(step);
      } catch (error) {
        if (!(error instanceof RfbError)) throw error;
        wire.end(error.farewell);
      }
    };
    const onData = (bytes: Buffer): void => take(() => handshake.receive(bytes));
    const act = (step: HandshakeStep): void => {
      if (step.kind === 'send') wire.write(step.bytes);
      if (step.kind !== 'start-tls' || !identity) return;
      socket.off('data', onData);
      const tls = new TLSSocket(socket, { isServer: true, cert: identity.cert, key: identity.key });
      tls.on('error', () => {}).on('data', onData);
      tls.once('secure', () => take(() => handshake.tlsEstablished()));
      wire = tls;
    };
    socket.on('data', onData);
    take(() => handshake.start());
  };
}
