import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@remote-consoles/core';
import type { RedisConnection } from './redis-connection.js';

/** How many messages are taken at once. */
const BATCH = 100;
/** ms until a stream that could not be read is tried again */
const PAUSE = 100;

/** One entry of a stream: its id, and its fields and values in turn. */
type StreamEntry = readonly [id: string, fields: readonly string[]];

/** Reads a stream on a connection of its own, from one place on, and goes on where it was after every loss. */
export class MessageReader {
  readonly #key: string;
  readonly #connect: () => RedisConnection;
  readonly #logger: Logger;
  readonly #heard: (from: string, text: string) => void;
  #connection: RedisConnection | undefined;
  /** The last entry that was seen. */
  #position = '0-0';
  #lost = false;

  constructor(parts: {
    readonly key: string;
    readonly connect: () => RedisConnection;
    readonly logger: Logger;
    readonly heard: (from: string, text: string) => void;
  }) {
    this.#key = parts.key;
    this.#connect = parts.connect;
    this.#logger = parts.logger;
    this.#heard = parts.heard;
  }

  /** @param position the id after which entries are of interest; all where this was never called */
  startAt(position: string): void {
    this.#position = position;
  }

  start(): void {
    if (this.#connection) return;
    this.#connection = this.#connect();
    void this.#read(this.#connection);
  }

  stop(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }

  /** Never rejects. */
  async #read(connection: RedisConnection): Promise<void> {
    await connection.open();
    while (this.#connection === connection) {
      try {
        if (this.#lost) await this.#checkPosition(connection);
        for (const entry of await this.#next(connection)) this.#take(entry);
        this.#report(false);
      } catch (error) {
        this.#report(true, error);
        await sleep(PAUSE, undefined, { ref: false });
      }
    }
  }

  /** Waits for what comes after the last entry that was seen, for half the time that Redis has for an answer. */
  async #next(connection: RedisConnection): Promise<readonly StreamEntry[]> {
    const wait = Math.max(1, Math.floor(connection.timeout / 2));
    const reply = await connection.command((redis) =>
      redis.xread('COUNT', BATCH, 'BLOCK', wait, 'STREAMS', this.#key, this.#position),
    );
    return reply?.[0]?.[1] ?? [];
  }

  /** A stream that ends before the last entry that was seen is another one: all of it is new. */
  async #checkPosition(connection: RedisConnection): Promise<void> {
    const [last] = await connection.command((redis) => redis.xrevrange(this.#key, '+', '-', 'COUNT', 1));
    if (!last || comesBefore(last[0], this.#position)) this.#position = '0-0';
  }

  #take([id, fields]: StreamEntry): void {
    this.#position = id;
    const [, from, , text] = fields;
    if (from !== undefined && text !== undefined) this.#heard(from, text);
  }

  /** One line when the others cannot be heard and one when they can again. */
  #report(lost: boolean, error?: unknown): void {
    if (lost === this.#lost || !this.#connection) return;
    this.#lost = lost;
    if (lost) this.#logger.warn({ err: error }, 'cannot hear other processes; they cannot end sessions here');
    else this.#logger.info({}, 'hears other processes again');
  }
}

/** Whether one id of a stream (`ms-number`) is older than another. */
function comesBefore(one: string, other: string): boolean {
  const [ms = 0, number = 0] = one.split('-').map(Number);
  const [otherMs = 0, otherNumber = 0] = other.split('-').map(Number);
  return ms < otherMs || (ms === otherMs && number < otherNumber);
}
