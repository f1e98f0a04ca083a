import { concatBytes } from './concat-bytes.js';

/**
 * Bytes that came and were not yet read, cut into frames by the length that their head tells.
 * Bounded by its user: `lengthOf` must refuse a frame that is too long as soon as its head is there.
 */
export class FrameBuffer {
  #bytes: Uint8Array = new Uint8Array(0);

  get length(): number {
    return this.#bytes.length;
  }

  push(bytes: Uint8Array): void {
    this.#bytes = concatBytes(this.#bytes, bytes);
  }

  /** The next frame, or `undefined` until all of it is there. `lengthOf` answers `undefined` to half a head. */
  take(lengthOf: (bytes: Uint8Array) => number | undefined): Uint8Array | undefined {
    const length = lengthOf(this.#bytes);
    if (length === undefined || length > this.#bytes.length) return undefined;
    const frame = this.#bytes.slice(0, length);
    this.#bytes = this.#bytes.slice(length);
    return frame;
  }

  /** Everything that is left. */
  takeAll(): Uint8Array {
    const bytes = this.#bytes;
    this.#bytes = new Uint8Array(0);
    return bytes;
  }
}
