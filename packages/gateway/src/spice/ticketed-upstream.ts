import { ForwardingUpstream } from '../relay/forwarding-upstream.js';
import type { Upstream, UpstreamReceiver } from '../relay/upstream.js';
import { SpiceLink } from './spice-link.js';

/** A channel of a SPICE display that asks for a ticket, which the viewer does not know. */
export class TicketedUpstream extends ForwardingUpstream {
  readonly #link: SpiceLink;

  constructor(upstream: Upstream, ticket: string) {
    super(upstream);
    this.#link = new SpiceLink(ticket);
  }

  override write(bytes: Uint8Array): boolean {
    return super.write(this.#link.over ? bytes : this.#link.viewer(bytes));
  }

  protected override deliver(
    receiver: UpstreamReceiver,
    buffer: Buffer,
    start: number,
    length: number,
  ): boolean {
    if (!this.#link.over) this.#link.display(buffer.subarray(start, start + length));
    return super.deliver(receiver, buffer, start, length);
  }
}
