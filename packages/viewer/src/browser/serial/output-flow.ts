/** Writes bytes to the terminal; `done` is called when it has drawn them. */
export type WriteOutput = (data: Uint8Array | string, done: () => void) => void;

const PENDING_BYTES = 8 * 1024 * 1024;

/**
 * Between the socket, which a browser cannot stop, and a terminal that draws more slowly: what is waiting to be drawn
 * is bounded, and what is left out is said.
 */
export class OutputFlow {
  readonly #write: WriteOutput;
  readonly #limit: number;
  #pending = 0;
  #skipped = 0;

  /** @param limit the most bytes that wait to be drawn */
  constructor(write: WriteOutput, limit: number = PENDING_BYTES) {
    this.#write = write;
    this.#limit = limit;
  }

  push(data: Uint8Array): void {
    if (this.#pending + data.length > this.#limit) {
      this.#skipped += data.length;
      return;
    }
    this.#say();
    this.#pending += data.length;
    this.#write(data, () => {
      this.#pending -= data.length;
      if (this.#pending === 0) this.#say();
    });
  }

  #say(): void {
    if (this.#skipped === 0) return;
    const note = `\r\n\x1b[0;7m ${this.#skipped} bytes came faster than they can be drawn and are left out \x1b[0m\r\n`;
    this.#skipped = 0;
    this.#write(note, () => undefined);
  }
}
