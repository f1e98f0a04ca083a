import {
  encodeConnectionConfirm,
  encodeRdCleanPathAnswer,
  FrameBuffer,
  McsConnectInitialRewriter,
  NegotiationFailure,
  parseConnectionRequest,
  parseRdCleanPathRequest,
  RdpTunnelError,
  rdCleanPathRequestLength,
  SecurityProtocol,
} from '@remote-consoles/rdp-tunnel';
import { ViewerLeft } from '../handshake/opening.js';
import type { ViewerChannel, ViewerReceiver } from '../relay/viewer-channel.js';
import { CloseCode } from '../websocket/close-code.js';

type Turn =
  | { readonly what: 'nothing' }
  | { readonly what: 'request'; readonly inbox: FrameBuffer; readonly done: () => void }
  | {
      readonly what: 'connect-initial';
      readonly rewriter: McsConnectInitialRewriter;
      readonly done: (bytes: Buffer) => void;
    };

/**
 * The viewer's side of an RDP console until its RDP begins: one RDCleanPath message each way, then the viewer's MCS
 * Connect-Initial, which must name the protocol that the gateway and the server agreed on.
 *
 * The request asks for a destination, brings a token and may bring a preconnection blob. All three are read and dropped:
 * the console is the one that the token of the WebSocket's URL stands for.
 */
export class RdpViewer implements ViewerReceiver {
  readonly #viewer: ViewerChannel;
  readonly #left: (error: Error) => void;
  #turn: Turn = { what: 'nothing' };
  #over = false;

  /** @param left the viewer went away or broke the protocol, and is being closed */
  constructor(viewer: ViewerChannel, left: (error: Error) => void) {
    this.#viewer = viewer;
    this.#left = left;
  }

  /** Resolves once the viewer has asked for its console; of no consequence when it has left. */
  request(): Promise<void> {
    return new Promise((done) => {
      this.#turn = { what: 'request', inbox: new FrameBuffer(), done };
      this.#viewer.attach(this);
    });
  }

  /**
   * Resolves with the viewer's first RDP bytes as the server must see them, and the viewer paused.
   *
   * @param protocol what the server selected
   */
  connectInitial(protocol: number): Promise<Buffer> {
    return new Promise((done) => {
      this.#turn = { what: 'connect-initial', rewriter: new McsConnectInitialRewriter(protocol), done };
    });
  }

  send(bytes: Uint8Array): void {
    this.#viewer.send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length);
  }

  close(code: CloseCode, reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#viewer.close(code, reason);
  }

  viewerBytes(bytes: Buffer): void {
    if (this.#over) return;
    try {
      this.#take(bytes);
    } catch (error) {
      if (!(error instanceof RdpTunnelError)) throw error;
      this.#refuse(error.code, this.#turn.what === 'connect-initial' ? undefined : BAD_REQUEST);
    }
  }

  viewerDrained(): void {}

  viewerEnded(): void {
    if (this.#over) return;
    this.#over = true;
    this.#left(new ViewerLeft('viewer-left'));
  }

  fault(error: unknown): void {
    this.#over = true;
    this.#left(error instanceof Error ? error : new Error('fault in an RDP handshake', { cause: error }));
  }

  #take(bytes: Buffer): void {
    const turn = this.#turn;
    if (turn.what === 'nothing') throw new RdpTunnelError('malformed', 'the viewer spoke before its turn');
    if (turn.what === 'request') this.#takeRequest(bytes, turn);
    else this.#takeConnectInitial(bytes, turn);
  }

  #takeRequest(bytes: Buffer, { inbox, done }: Extract<Turn, { what: 'request' }>): void {
    inbox.push(bytes);
    const frame = inbox.take(rdCleanPathRequestLength);
    if (!frame) return;
    const { x224ConnectionRequest } = parseRdCleanPathRequest(frame);
    if (inbox.length > 0) throw new RdpTunnelError('malformed', 'the viewer spoke before its turn');
    const { requestedProtocols } = parseConnectionRequest(x224ConnectionRequest);
    if ((requestedProtocols & SecurityProtocol.ssl) === 0) {
      this.#refuse('the viewer does not ask for TLS', NO_TLS);
      return;
    }
    this.#turn = { what: 'nothing' };
    done();
  }

  #takeConnectInitial(bytes: Buffer, { rewriter, done }: Extract<Turn, { what: 'connect-initial' }>): void {
    const out = rewriter.push(bytes);
    if (!rewriter.done) return;
    this.#over = true;
    this.#viewer.pause();
    done(Buffer.from(out.buffer, out.byteOffset, out.length));
  }

  #refuse(why: string, farewell: Uint8Array | undefined): void {
    if (farewell) this.send(farewell);
    this.close(CloseCode.protocolError, `RDP handshake failed: ${why}`);
    this.#left(new ViewerLeft('viewer-handshake-failed'));
  }
}

const BAD_REQUEST = encodeRdCleanPathAnswer({ kind: 'general-error', httpStatus: 400 });
/** To a viewer that wants to log in itself, which is the gateway's part. */
const NO_TLS = encodeRdCleanPathAnswer({
  kind: 'negotiation-error',
  x224ConnectionConfirm: encodeConnectionConfirm({
    kind: 'failed',
    failure: NegotiationFailure.sslRequiredByServer,
  }),
});
