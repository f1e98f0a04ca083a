import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import {
  encodeRdCleanPathAnswer,
  McsConnectInitialRewriter,
  parseRdCleanPathRequest,
  type RdCleanPathAnswer,
  type RdCleanPathRequest,
  RdpNegotiation,
  type RdpNegotiationOptions,
  type RdpNegotiationStep,
  subjectPublicKeyOf,
} from '@remote-consoles/rdp-tunnel';
import type { WebSocket } from 'ws';
import type { RdpDesktop } from '../../../scripts/fixtures/rdp-desktop.js';

/** What the gateway does with an RDP viewer: RDCleanPath, then a relay to the server, logged in where it wants that. */
export class RdpTunnel {
  readonly requests: RdCleanPathRequest[] = [];
  readonly #desktop: Pick<RdpDesktop, 'host' | 'port' | 'account'>;
  readonly #options: RdpNegotiationOptions;

  constructor(desktop: Pick<RdpDesktop, 'host' | 'port' | 'account'>, mode: 'tls' | 'nla') {
    this.#desktop = desktop;
    const account = {
      credentials: desktop.account,
      targetName: `TERMSRV/${desktop.host}`,
      random: (length: number) => Uint8Array.from(randomBytes(length)),
      now: Date.now,
    };
    this.#options = mode === 'tls' ? { mode } : { mode, account };
  }

  readonly serve = (socket: WebSocket): void => {
    socket.once('message', (message: Buffer) => {
      this.requests.push(parseRdCleanPathRequest(Uint8Array.from(message)));
      this.#dial(socket);
    });
  };

  #dial(viewer: WebSocket): void {
    const negotiation = new RdpNegotiation(this.#options);
    const plain = connect(this.#desktop.port, this.#desktop.host);
    const refuse = (answer: Partial<Extract<RdCleanPathAnswer, { kind: 'general-error' }>>): void => {
      plain.destroy();
      viewer.send(encodeRdCleanPathAnswer({ kind: 'general-error', ...answer }));
      viewer.close(4010, 'the RDP server refused');
    };
    let wire: Duplex = plain;
    let certificate = new Uint8Array(0);
    const attempt = (run: () => readonly RdpNegotiationStep[]): void => {
      try {
        for (const step of run()) act(step);
      } catch {
        refuse({ httpStatus: 502 });
      }
    };
    const onData = (bytes: Buffer): void => attempt(() => negotiation.receive(Uint8Array.from(bytes)));
    const act = (step: RdpNegotiationStep): void => {
      if (step.kind === 'send') wire.write(step.bytes);
      else if (step.kind === 'start-tls') {
        plain.off('data', onData);
        const tls = connectTls({ socket: plain, rejectUnauthorized: false }, () => {
          certificate = Uint8Array.from(tls.getPeerX509Certificate()!.raw);
          const subjectPublicKey = subjectPublicKeyOf(certificate);
          attempt(() => negotiation.tlsEstablished({ subjectPublicKey }));
        });
        tls.on('data', onData);
        tls.on('error', () => viewer.terminate());
        wire = tls;
      } else {
        wire.off('data', onData);
        plain.off('close', hungUp);
        viewer.send(
          encodeRdCleanPathAnswer({
            kind: 'connected',
            x224ConnectionConfirm: step.x224Confirm,
            serverCertificateChain: [certificate],
            serverAddress: 'the server',
          }),
        );
        relay(viewer, wire, new McsConnectInitialRewriter(step.selectedProtocol));
      }
    };
    const hungUp = (): void => refuse({ httpStatus: 502 });
    plain.on('connect', () => attempt(() => negotiation.start()));
    plain.on('data', onData);
    plain.on('error', () => {
      plain.off('close', hungUp);
      refuse({ wsaError: 10_061 });
    });
    plain.on('close', hungUp);
  }
}

function relay(viewer: WebSocket, server: Duplex, rewriter: McsConnectInitialRewriter): void {
  viewer.on('message', (message: Buffer) => {
    server.write(rewriter.done ? message : rewriter.push(Uint8Array.from(message)));
  });
  viewer.on('close', () => server.destroy());
  server.on('data', (bytes: Buffer) => viewer.send(bytes));
  server.on('close', () => viewer.close(4010, 'the RDP server hung up'));
}

/** Answers RDCleanPath with an error, as a gateway does that accepted the socket before it knew. */
export function refuseInRdCleanPath(
  answer: Omit<Extract<RdCleanPathAnswer, { kind: 'general-error' }>, 'kind'>,
): (socket: WebSocket) => void {
  return (socket) => {
    socket.once('message', () => {
      socket.send(encodeRdCleanPathAnswer({ kind: 'general-error', ...answer }));
      socket.close(1008, 'refused');
    });
  };
}
