import { CloseCode } from '../websocket/close-code.js';
import { type FairShare, Flow } from './fair-share.js';
import type { Upstream, UpstreamReceiver } from './upstream.js';
import type { ViewerChannel, ViewerReceiver } from './viewer-channel.js';

/** Why the gateway ends a relay. */
export interface Closing {
  readonly code: CloseCode;
  /** What the viewer is told. */
  readonly reason: string;
  /** The word for the records. */
  readonly word: string;
}

/** Why a relay ended. */
export type RelayEnd =
  | { readonly by: 'viewer'; readonly code: number }
  | { readonly by: 'console' }
  | { readonly by: 'gateway'; readonly closing: Closing }
  | { readonly by: 'fault'; readonly error: unknown };

/** What happens around the end of a relay. */
export interface RelayEnding {
  /**
   * The console has closed its side without a word. A hypervisor's own word of why, which ends the relay with `close`,
   * often comes a moment later: calls `end` when none is to be waited for any more.
   */
  awaitReason(end: () => void): void;
  /** Called once; both connections are being closed by then. */
  ended(end: RelayEnd): void;
}

/** Uploads come in many small frames: a larger share costs others little and saves many pauses. */
const UPLOAD_WEIGHT = 4;

/**
 * Bytes between one viewer and one console. Each direction reads only while the other side takes what was read: what
 * a relay holds is one read of each side. Its counters are plain numbers for others to look at.
 */
export class Relay implements UpstreamReceiver, ViewerReceiver {
  /** Bytes to the viewer, and reads they came in. */
  bytesDown = 0;
  readsDown = 0;
  /** Bytes from the viewer. */
  bytesUp = 0;
  /** How many times a side had to wait for the other. */
  stallsDown = 0;
  stallsUp = 0;
  readonly pausesToKeep: boolean;
  readonly viewer: ViewerChannel;
  readonly #upstream: Upstream;
  readonly #share: FairShare;
  readonly #down: Flow;
  readonly #up: Flow;
  readonly #ending: RelayEnding;
  #consoleGone = false;
  #ended = false;

  constructor(viewer: ViewerChannel, upstream: Upstream, share: FairShare, ending: RelayEnding) {
    this.viewer = viewer;
    this.pausesToKeep = upstream.sendsAtOnce ?? false;
    this.#upstream = upstream;
    this.#share = share;
    this.#ending = ending;
    this.#down = new Flow(this, 1, () => this.#upstream.resume());
    this.#up = new Flow(this, UPLOAD_WEIGHT, () => this.viewer.resume());
  }

  /** @param early bytes of the viewer that were read before */
  start(early?: Buffer): void {
    this.viewer.attach(this);
    if (early !== undefined && early.length > 0) this.viewerBytes(early);
    if (!this.#ended) this.#upstream.attach(this);
  }

  /** Ends the relay from our side and tells the viewer why. */
  close(closing: Closing): void {
    if (!this.#end()) return;
    this.viewer.close(closing.code, closing.reason);
    this.#upstream.destroy();
    this.#ending.ended({ by: 'gateway', closing });
  }

  upstreamBytes(buffer: Buffer, start: number, length: number): boolean {
    this.bytesDown += length;
    this.readsDown++;
    if (this.viewer.send(buffer, start, length)) return this.#share.spend(this.#down, length);
    this.stallsDown++;
    this.#share.note(this.#down, length);
    return false;
  }

  viewerBytes(bytes: Buffer): void {
    if (this.#consoleGone) return;
    this.bytesUp += bytes.length;
    if (this.#upstream.quiet) this.#share.typed();
    if (!this.#upstream.write(bytes)) {
      this.stallsUp++;
      this.#share.note(this.#up, bytes.length);
      this.viewer.pause();
    } else if (!this.#share.spend(this.#up, bytes.length)) {
      this.viewer.pause();
    }
  }

  upstreamDrained(): void {
    this.viewer.resume();
  }

  viewerDrained(): void {
    this.#upstream.resume();
  }

  upstreamEnded(): void {
    if (this.#ended || this.#consoleGone) return;
    this.#consoleGone = true;
    this.#upstream.destroy();
    if (this.viewer.hearsReasons) this.#ending.awaitReason(() => this.#endByConsole());
    else this.#endByConsole();
  }

  #endByConsole(): void {
    if (!this.#end()) return;
    this.viewer.close(CloseCode.consoleClosed, 'the hypervisor closed the console');
    this.#ending.ended({ by: 'console' });
  }

  viewerEnded(code: number): void {
    if (!this.#end()) return;
    // What the console still sends is for nobody; what the viewer sent goes out.
    this.#upstream.attach(undefined);
    this.#upstream.close();
    this.#ending.ended({ by: 'viewer', code });
  }

  fault(error: unknown): void {
    if (!this.#end()) return;
    try {
      this.viewer.close(CloseCode.internalError, 'internal error');
      this.#upstream.destroy();
    } finally {
      this.#ending.ended({ by: 'fault', error });
    }
  }

  #end(): boolean {
    const first = !this.#ended;
    this.#ended = true;
    return first;
  }
}
