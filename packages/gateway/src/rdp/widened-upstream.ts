import { BitmapWidener } from '@remote-consoles/rdp-tunnel';
import { ForwardingUpstream } from '../relay/forwarding-upstream.js';
import type { UpstreamReceiver } from '../relay/upstream.js';

/** An RDP server whose bitmap updates are made fit for viewers that cannot cut them, see {@link BitmapWidener}. */
export class WidenedUpstream extends ForwardingUpstream {
  readonly #widener = new BitmapWidener();

  protected override deliver(
    receiver: UpstreamReceiver,
    buffer: Buffer,
    start: number,
    length: number,
  ): boolean {
    const out = this.#widener.push(buffer.subarray(start, start + length));
    if (out.length === 0) return true;
    return receiver.upstreamBytes(Buffer.from(out.buffer, out.byteOffset, out.length), 0, out.length);
  }
}
