import { type HandshakeStep, RfbError, RfbServerHandshake } from '@remote-consoles/rfb';
import { ViewerLeft } from '../handshake/opening.js';
import type { ViewerChannel, ViewerReceiver } from '../relay/viewer-channel.js';
import { CloseCode } from '../websocket/close-code.js';

/**
 * The RFB handshake with the viewer, who is offered security type None alone: the gateway has proved the viewer by its
 * token and the console in its own way. The viewer's next message is ClientInit, which may have come along already.
 */
export class ViewerGreeting implements ViewerReceiver {
  readonly #viewer: ViewerChannel;
  readonly #handshake = new RfbServerHandshake({ security: { kind: 'none' }, random: noChallenge });
  readonly #greeted: (rest: Buffer) => void;
  readonly #failed: (error: unknown) => void;
  #over = false;

  /**
   * @param greeted takes over the viewer, with bytes that are the console's
   * @param failed the viewer left, or is being closed: `ViewerLeft`, or what our own code threw
   */
  constructor(viewer: ViewerChannel, greeted: (rest: Buffer) => void, failed: (error: unknown) => void) {
    this.#viewer = viewer;
    this.#greeted = greeted;
    this.#failed = failed;
  }

  start(): void {
    this.#viewer.attach(this);
    for (const step of this.#handshake.start()) this.#follow(step);
  }

  /** Ends the greeting from our side. */
  giveUp(code: CloseCode, reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#viewer.close(code, reason);
  }

  viewerBytes(bytes: Buffer): void {
    if (this.#over) return;
    try {
      for (const step of this.#handshake.receive(bytes)) this.#follow(step);
    } catch (error) {
      if (!(error instanceof RfbError)) throw error;
      if (error.farewell !== undefined) this.#send(error.farewell);
      this.giveUp(CloseCode.protocolError, `RFB handshake failed: ${error.code}`);
      this.#failed(new ViewerLeft('viewer-handshake-failed'));
    }
  }

  viewerDrained(): void {}

  viewerEnded(): void {
    if (this.#over) return;
    this.#over = true;
    this.#failed(new ViewerLeft('viewer-left'));
  }

  fault(error: unknown): void {
    this.#over = true;
    this.#failed(error);
  }

  #follow(step: HandshakeStep): void {
    if (step.kind === 'send') this.#send(step.bytes);
    if (step.kind !== 'done') return;
    this.#over = true;
    this.#greeted(Buffer.from(step.rest.buffer, step.rest.byteOffset, step.rest.length));
  }

  #send(bytes: Uint8Array): void {
    this.#viewer.send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length);
  }
}

function noChallenge(): never {
  throw new Error('security type None has no challenge');
}
