import type { Duplex } from 'node:stream';
import type { Upstream, UpstreamReceiver } from '../relay/upstream.js';
import { SpiceLink } from './spice-link.js';

/** A channel of a SPICE display that asks for a ticket, which the viewer does not know. */
export class TicketedUpstream implements Upstream {
  readonly #upstream: Upstream;
  readonly #link: SpiceLink;

  constructor(upstream: Upstream, ticket: string) {
    this.#upstream = upstream;
    this.#link = new SpiceLink(ticket);
  }

  get quiet(): boolean {
    return this.#upstream.quiet;
  }

  attach(receiver: UpstreamReceiver | undefined): void {
    this.#upstream.attach(receiver && this.#readingAlong(receiver));
  }

  write(bytes: Uint8Array): boolean {
    return this.#upstream.write(this.#link.over ? bytes : this.#link.viewer(bytes));
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

  #readingAlong(receiver: UpstreamReceiver): UpstreamReceiver {
    return {
      upstreamBytes: (buffer, start, length) => {
        if (!this.#link.over) this.#link.display(buffer.subarray(start, start + length));
        return receiver.upstreamBytes(buffer, start, length);
      },
      upstreamDrained: () => receiver.upstreamDrained(),
      upstreamEnded: () => receiver.upstreamEnded(),
      fault: (error) => receiver.fault(error),
    };
  }
}
