import type { ClusterMessage, ClusterMessages, Logger } from '@remote-consoles/core';
import { MessageReader } from './message-reader.js';
import type { RedisConnection } from './redis-connection.js';
import { parseMessage } from './stored-message.js';

/** How many messages are kept for a process that is cut off. */
const KEPT = 10_000;
/** The last number that an entry of one ms can have. */
const LAST = '18446744073709551615';
/** ms that they are kept */
const LIFE = 86_400_000;

/**
 * Messages between processes as a stream in Redis. Each process reads it from where it was, so that a connection that is
 * lost for a while loses no message.
 */
export class RedisMessages implements ClusterMessages {
  readonly #connection: RedisConnection;
  readonly #key: string;
  readonly #name: string;
  readonly #listeners = new Set<(message: ClusterMessage) => void>();
  readonly #reader: MessageReader;

  /**
   * @param parts.name no other process's
   * @param parts.connect makes a connection to wait on
   */
  constructor(parts: {
    readonly connection: RedisConnection;
    readonly connect: () => RedisConnection;
    readonly keyPrefix: string;
    readonly name: string;
    readonly logger: Logger;
  }) {
    this.#connection = parts.connection;
    this.#key = `${parts.keyPrefix}messages`;
    this.#name = parts.name;
    const heard = (from: string, text: string) => this.#heard(from, text);
    this.#reader = new MessageReader({ key: this.#key, connect: parts.connect, logger: parts.logger, heard });
  }

  /** Notes from where on messages are of interest. Where Redis does not answer, that is all that it has later. */
  async begin(): Promise<void> {
    const time = await this.#connection.command((redis) => redis.time()).catch(() => undefined);
    if (!time) return;
    const [seconds, microseconds] = time.map(Number);
    // From the first of this very ms on: what comes twice does no harm, what is missed would.
    this.#reader.startAt(`${(seconds ?? 0) * 1000 + Math.floor((microseconds ?? 0) / 1000) - 1}-${LAST}`);
  }

  async send(message: ClusterMessage): Promise<void> {
    this.#deliver(message);
    const text = JSON.stringify(message);
    await Promise.all([
      this.#connection.command((redis) =>
        redis.xadd(this.#key, 'MAXLEN', '~', KEPT, '*', 'from', this.#name, 'message', text),
      ),
      this.#connection.command((redis) => redis.pexpire(this.#key, LIFE)),
    ]);
  }

  receive(listener: (message: ClusterMessage) => void): () => void {
    this.#listeners.add(listener);
    this.#reader.start();
    return () => this.#listeners.delete(listener);
  }

  stop(): void {
    this.#reader.stop();
  }

  #heard(from: string, text: string): void {
    const message = from === this.#name ? undefined : parseMessage(text);
    if (message) this.#deliver(message);
  }

  #deliver(message: ClusterMessage): void {
    for (const listener of this.#listeners) listener(message);
  }
}
