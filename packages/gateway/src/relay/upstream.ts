import type { Duplex } from 'node:stream';

/** What a connection to a console reports to whoever uses it. */
export interface UpstreamReceiver {
  /**
   * Bytes of the console: `buffer.subarray(start, start + length)`, with everything before `start` free to write to.
   * They stay untouched until the receiver lets reading go on.
   *
   * @returns false to stop reading until `resume()`
   */
  upstreamBytes(buffer: Buffer, start: number, length: number): boolean;
  /** All that was written is with the kernel, after a `write` that said false. */
  upstreamDrained(): void;
  /** The console closed the connection, or it broke. Comes once and last. */
  upstreamEnded(): void;
  /** Our own code threw; the connection is being closed already. Must not throw. */
  fault(error: unknown): void;
}

/** An open connection to a console. Nothing is read until a receiver is attached. */
export interface Upstream {
  /** Whether lately only little was read at a time. */
  readonly quiet: boolean;
  /** Whether bytes are done with once `write` has said true, or `upstreamDrained` was called. */
  readonly sendsAtOnce?: boolean;
  /** Hands all further bytes to this receiver; undefined holds them back. */
  attach(receiver: UpstreamReceiver | undefined): void;
  /** @returns false if bytes wait to be sent; `upstreamDrained` follows */
  write(bytes: Uint8Array): boolean;
  resume(): void;
  /** Sends what was written, within bounded time, and closes. */
  close(): void;
  destroy(): void;
  /** Leaves the connection to someone else, who wraps it (TLS inside VNC). */
  release(): Duplex;
}
