/** What the viewer's connection reports to whoever uses it. */
export interface ViewerReceiver {
  /** Whether it keeps the viewer's bytes only if it pauses the channel before it returns. */
  readonly pausesToKeep?: boolean;
  /** Bytes of the viewer; the receiver may keep them, but see `pausesToKeep`. */
  viewerBytes(bytes: Buffer): void;
  /** All that was sent is with the kernel, after a `send` that said false. */
  viewerDrained(): void;
  /**
   * The viewer closed the connection, broke the protocol, or was lost. Comes once and last.
   *
   * @param code a WebSocket close code; 1005 for a close without a code, 1006 for none at all
   */
  viewerEnded(code: number): void;
  /** Our own code threw; the connection is being closed already. Must not throw. */
  fault(error: unknown): void;
}

/** The open connection to a viewer: a WebSocket, or for xvpvnc the bare TCP connection. */
export interface ViewerChannel {
  /** Whether the viewer is told why its connection is closed. */
  readonly hearsReasons: boolean;
  /** Whether a living viewer answers a ping. */
  readonly answersPings: boolean;
  /** Grows whenever the viewer is heard of. */
  readonly bytesRead: number;
  /** Grows whenever bytes have gone out. */
  readonly flushes: number;
  /** Whether bytes wait to be sent. */
  readonly pending: boolean;
  /** Whether we are the ones who do not read. */
  readonly paused: boolean;
  attach(receiver: ViewerReceiver): void;
  /**
   * Sends `buffer.subarray(start, start + length)`. Where `start` leaves room for a frame header, the bytes before it
   * are overwritten; the range must stay untouched until all was sent.
   *
   * @returns false if bytes wait to be sent; `viewerDrained` follows
   */
  send(buffer: Buffer, start: number, length: number): boolean;
  pause(): void;
  resume(): void;
  /** Asks for a sign of life, where the protocol can and no bytes wait (they ask as well). */
  ping(): void;
  /** Says goodbye with a close code and a reason, within bounded time. */
  close(code: number, reason: string): void;
  destroy(): void;
}
