/** Bytes that wait for a reader. When they are too many, what comes next is dropped. */
export class OutputBacklog {
  readonly #limit: number;
  #chunks: Buffer[] = [];
  #size = 0;

  /** @param limit most bytes kept */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#size;
  }

  /** Keeps a copy of the bytes, or of none of them where that would be too much. */
  push(bytes: Uint8Array): void {
    if (this.#size + bytes.length > this.#limit) return;
    this.#chunks.push(Buffer.from(bytes));
    this.#size += bytes.length;
  }

  /** Gives bytes to `write`, which says how many it took, until it takes less than it was given. */
  drain(write: (bytes: Buffer) => number): void {
    for (let chunk = this.#chunks[0]; chunk !== undefined; chunk = this.#chunks[0]) {
      const taken = write(chunk);
      this.#size -= taken;
      if (taken < chunk.length) {
        this.#chunks[0] = chunk.subarray(taken);
        return;
      }
      this.#chunks.shift();
    }
  }
}
