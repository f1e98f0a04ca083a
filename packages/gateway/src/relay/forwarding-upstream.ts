import type { Duplex } from 'node:stream';
import type { Upstream, UpstreamReceiver } from './upstream.js';

/**
 * Another upstream, as it is: a subclass changes `write` for what goes to the console and `deliver` for what comes from
 * it. It does not promise `sendsAtOnce`: a subclass may keep what it was given.
 */
export abstract class ForwardingUpstream implements Upstream {
  readonly #upstream: Upstream;

  constructor(upstream: Upstream) {
    this.#upstream = upstream;
  }

  get quiet(): boolean {
    return this.#upstream.quiet;
  }

  attach(receiver: UpstreamReceiver | undefined): void {
    this.#upstream.attach(
      receiver && {
        upstreamBytes: (buffer, start, length) => this.deliver(receiver, buffer, start, length),
        upstreamDrained: () => receiver.upstreamDrained(),
        upstreamEnded: () => receiver.upstreamEnded(),
        fault: (error) => receiver.fault(error),
      },
    );
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

  /** Hands bytes of the console to the receiver; as `UpstreamReceiver.upstreamBytes`. */
  protected deliver(receiver: UpstreamReceiver, buffer: Buffer, start: number, length: number): boolean {
    return receiver.upstreamBytes(buffer, start, length);
  }
}
