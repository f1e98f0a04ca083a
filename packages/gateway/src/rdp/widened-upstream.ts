import type { Duplex } from 'node:stream';
import { BitmapWidener } from '@remote-consoles/rdp-tunnel';
import type { Upstream, UpstreamReceiver } from '../relay/upstream.js';

/** An RDP server whose bitmap updates are made fit for viewers that cannot cut them, see {@link BitmapWidener}. */
export class WidenedUpstream implements Upstream {
  readonly #upstream: Upstream;
  readonly #widener = new BitmapWidener();

  constructor(upstream: Upstream) {
    this.#upstream = upstream;
  }

  get quiet(): boolean {
    return this.#upstream.quiet;
  }

  attach(receiver: UpstreamReceiver | undefined): void {
    this.#upstream.attach(receiver && this.#widening(receiver));
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

  #widening(receiver: UpstreamReceiver): UpstreamReceiver {
    return {
      upstreamBytes: (buffer, start, length) => {
        const out = this.#widener.push(buffer.subarray(start, start + length));
        if (out.length === 0) return true;
        return receiver.upstreamBytes(Buffer.from(out.buffer, out.byteOffset, out.length), 0, out.length);
      },
      upstreamDrained: () => receiver.upstreamDrained(),
      upstreamEnded: () => receiver.upstreamEnded(),
      fault: (error) => receiver.fault(error),
    };
  }
}
