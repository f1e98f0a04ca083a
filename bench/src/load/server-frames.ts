/** Takes the frame headers out of what a WebSocket server sends (RFC 6455 §5.2), at whatever border it was cut. */
export class ServerFrames {
  #remaining = 0;
  #isData = true;
  readonly #header = Buffer.alloc(10);
  #headerLength = 0;

  /** Calls back with each piece of payload: `bytes.subarray(from, to)`. */
  feed(bytes: Uint8Array, start: number, end: number, payload: (from: number, to: number) => void): void {
    let at = start;
    while (at < end) {
      if (this.#remaining > 0) {
        const to = Math.min(end, at + this.#remaining);
        if (this.#isData) payload(at, to);
        this.#remaining -= to - at;
        at = to;
      } else {
        this.#header[this.#headerLength++] = bytes[at++] ?? 0;
        this.#readHeader();
      }
    }
  }

  #readHeader(): void {
    const header = this.#header;
    if (this.#headerLength < 2) return;
    const short = header[1] ?? 0;
    if (short > 127) throw new Error('a server must not mask its frames');
    if (this.#headerLength < (short < 126 ? 2 : short === 126 ? 4 : 10)) return;
    this.#remaining =
      short < 126 ? short : short === 126 ? header.readUInt16BE(2) : Number(header.readBigUInt64BE(2));
    this.#isData = ((header[0] ?? 0) & 0x0f) < 8;
    this.#headerLength = 0;
  }
}
