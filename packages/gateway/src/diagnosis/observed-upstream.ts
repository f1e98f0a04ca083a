import { ForwardingUpstream } from '../relay/forwarding-upstream.js';
import type { Upstream, UpstreamReceiver } from '../relay/upstream.js';

/** Bytes that are kept. */
const KEPT = 512;

/** A connection whose first bytes are remembered as they go by. */
export class ObservedUpstream extends ForwardingUpstream {
  readonly #onBytes: () => void;
  #seen = Buffer.alloc(0);

  /** @param onBytes called after more has come, before the receiver sees it */
  constructor(upstream: Upstream, onBytes: () => void) {
    super(upstream);
    this.#onBytes = onBytes;
  }

  /** What the console has sent first. */
  get seen(): Buffer {
    return this.#seen;
  }

  protected override deliver(
    receiver: UpstreamReceiver,
    buffer: Buffer,
    start: number,
    length: number,
  ): boolean {
    this.#seen = Buffer.concat([this.#seen, buffer.subarray(start, start + length)]).subarray(0, KEPT);
    this.#onBytes();
    return super.deliver(receiver, buffer, start, length);
  }
}
