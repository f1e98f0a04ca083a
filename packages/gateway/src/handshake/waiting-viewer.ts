import type { Duplex } from 'node:stream';

/** Most bytes a viewer may send before its handshake is answered. */
const EARLY_LIMIT = 16 * 1024;

/**
 * A viewer's connection while its console is being opened: it reads, within bounds, only to learn when the viewer
 * leaves, so that no work goes on for nobody.
 */
export class WaitingViewer {
  readonly #socket: Duplex;
  readonly #onLeave: () => void;
  #early: Buffer[];
  #length: number;

  /**
   * @param socket has a listener for errors
   * @param head bytes that came with the request
   */
  constructor(socket: Duplex, head: Buffer, onLeave: () => void) {
    this.#socket = socket;
    this.#onLeave = onLeave;
    this.#early = head.length > 0 ? [head] : [];
    this.#length = head.length;
    socket.on('data', this.#onData).on('end', onLeave).on('close', onLeave);
  }

  /** Leaves the connection to its next owner, who reads everything from the start. */
  release(): void {
    this.#socket.pause().off('data', this.#onData).off('end', this.#onLeave).off('close', this.#onLeave);
    if (this.#length > 0) this.#socket.unshift(Buffer.concat(this.#early));
    this.#early = [];
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#early.push(chunk);
    this.#length += chunk.length;
    if (this.#length > EARLY_LIMIT) this.#socket.pause();
  };
}
