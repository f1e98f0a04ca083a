import type { Duplex } from 'node:stream';
import type { Upstream, UpstreamReceiver } from '../relay/upstream.js';

/** Bytes that are kept. */
const KEPT = 512;

/** A connection whose first bytes are remembered as they go by. */
export class ObservedUpstream implements Upstream {
  readonly #upstream: Upstream;
  readonly #onBytes: () => void;
  #seen = Buffer.alloc(0);

  /** @param onBytes called after more has come, before the receiver sees it */
  constructor(upstream: Upstream, onBytes: () => void) {
    this.#upstream = upstream;
    this.#onBytes = onBytes;
  }

  /** What the console has sent first. */
  get seen(): Buffer {
    return this.#seen;
  }

  get quiet(): boolean {
    return this.#upstream.quiet;
  }

  attach(receiver: UpstreamReceiver | undefined): void {
    this.#upstream.attach(receiver && this.#watching(receiver));
  }

  write(bytes: Uint8Array): boolean {
    return this.#upstream.write(bytes);
  }

  resume(): void {
    this.#upstream.resume();
  }

  close(): void {
    this.#upstream.close();
  }

  destroy(): void {
    this.#upstream.destroy();
  }

  release(): Duplex {
    return this.#upstream.release();
  }

  #watching(receiver: UpstreamReceiver): UpstreamReceiver {
    return {
      upstreamBytes: (buffer, start, length) => {
        this.#seen = Buffer.concat([this.#seen, buffer.subarray(start, start + length)]).subarray(0, KEPT);
        this.#onBytes();
        return receiver.upstreamBytes(buffer, start, length);
      },
      upstreamDrained: () => receiver.upstreamDrained(),
      upstreamEnded: () => receiver.upstreamEnded(),
      fault: (error) => receiver.fault(error),
    };
  }
}
