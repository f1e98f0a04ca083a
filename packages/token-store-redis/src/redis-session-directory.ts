import {
  type ConsoleSession,
  matchesFilter,
  SESSION_SUBJECTS,
  type SessionDirectory,
  type SessionFilter,
  type SessionLimits,
  sessionLimitExceeded,
  snapshotOf,
  subjectOf,
} from '@remote-consoles/core';
import { OwnSessions } from './own-sessions.js';
import type { RedisConnection } from './redis-connection.js';
import { ENTER, KEEP, LEAVE } from './session-scripts.js';
import { parseSession } from './stored-session.js';

/** ms between beats, which tell that this process lives and what its sessions have moved */
const BEAT = 1000;
/** ms that its sessions stay after its last beat */
const LIFE = 5000;
/** How many sessions travel in one command. */
const BATCH = 500;

/**
 * The sessions of all processes in Redis. Each process has its own in one hash, which expires unless the process goes on
 * beating; one beat is one round trip, whatever it has to say. After any failure all of them are written anew.
 */
export class RedisSessionDirectory implements SessionDirectory {
  readonly #connection: RedisConnection;
  readonly #name: string;
  readonly #gateways: string;
  readonly #sessionsPrefix: string;
  readonly #countsPrefix: string;
  readonly #own = new OwnSessions();
  #timer: NodeJS.Timeout | undefined;
  #beating = false;
  /** Whether Redis may not have what it should. */
  #stale = false;
  /** How often everything was written anew. */
  #rewrites = 0;

  /** @param parts.name no other process's */
  constructor(parts: {
    readonly connection: RedisConnection;
    readonly keyPrefix: string;
    readonly name: string;
  }) {
    this.#connection = parts.connection;
    this.#name = parts.name;
    this.#gateways = `${parts.keyPrefix}gateways`;
    this.#sessionsPrefix = `${parts.keyPrefix}sessions:`;
    this.#countsPrefix = `${parts.keyPrefix}counts:`;
  }

  async open(session: ConsoleSession, limits: SessionLimits): Promise<void> {
    const rewrites = this.#rewrites;
    this.#own.add(session);
    try {
      const full = await this.#enter(session, limits);
      if (full) throw sessionLimitExceeded(full);
    } catch (error) {
      this.#own.remove(session.id);
      throw error;
    }
    if (!this.#own.settle(session.id)) await this.#leave(session);
    // It may have been written before everything was thrown away, and was not in what was written then.
    else if (rewrites !== this.#rewrites) this.#mend();
    this.#beat();
  }

  async close(session: ConsoleSession): Promise<void> {
    if (this.#own.remove(session.id)) await this.#leave(session);
  }

  async find(id: string): Promise<ConsoleSession | undefined> {
    const gateways = await this.#living();
    const texts = await Promise.all(
      gateways.map((name) =>
        this.#connection.command((redis) => redis.hget(this.#sessionsPrefix + name, id)),
      ),
    );
    const text = texts.find((each) => each !== null);
    return typeof text === 'string' ? parseSession(text) : undefined;
  }

  async list(filter: SessionFilter): Promise<readonly ConsoleSession[]> {
    const found = new Map<string, ConsoleSession>();
    for (const name of await this.#living()) {
      let cursor = '0';
      do {
        const key = this.#sessionsPrefix + name;
        const [next, fields] = await this.#connection.command((redis) =>
          redis.hscan(key, cursor, 'COUNT', BATCH),
        );
        for (let at = 1; at < fields.length; at += 2) {
          const session = parseSession(fields[at] ?? '');
          if (session && matchesFilter(session, filter)) found.set(session.id, session);
        }
        cursor = next;
      } while (cursor !== '0');
    }
    return [...found.values()];
  }

  /** Ends the beat. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #enter(session: ConsoleSession, limits: SessionLimits) {
    const subjects = SESSION_SUBJECTS.flatMap((subject) => {
      const limit = limits[subject];
      return [countKey(session, subject), limit === undefined || limit === Infinity ? '' : String(limit)];
    });
    const text = JSON.stringify(snapshotOf(session));
    const reply = await this.#connection
      .run(
        ENTER,
        ...this.#keys(),
        this.#countsPrefix,
        this.#name,
        String(LIFE),
        session.id,
        text,
        ...subjects,
      )
      .catch((error: unknown) => {
        this.#mend();
        throw error;
      });
    return SESSION_SUBJECTS[Number(reply) - 1];
  }

  /** Never rejects: what could not be taken out is not in what is written anew. */
  async #leave(session: ConsoleSession): Promise<void> {
    const subjects = SESSION_SUBJECTS.map((subject) => countKey(session, subject));
    const [, sessions, counts] = this.#keys();
    await this.#connection.run(LEAVE, sessions, counts, session.id, ...subjects).catch(() => this.#mend());
  }

  async #living(): Promise<readonly string[]> {
    return this.#connection.command((redis) => redis.zrange(this.#gateways, '0', '-1'));
  }

  #keys(): [gateways: string, sessions: string, counts: string] {
    return [this.#gateways, this.#sessionsPrefix + this.#name, this.#countsPrefix + this.#name];
  }

  #mend(): void {
    this.#stale = true;
    this.#beat();
  }

  /** One timer for all sessions; it runs while there are any and holds no process open. */
  #beat(): void {
    this.#timer ??= setInterval(() => void this.#tell(), BEAT).unref();
  }

  async #tell(): Promise<void> {
    if (this.#beating) return;
    this.#beating = true;
    try {
      const kept = !this.#stale && (await this.#keep(this.#own.changed()));
      if (!kept && (this.#stale || this.#own.size > 0)) await this.#rewrite();
    } catch {
      this.#stale = true;
    } finally {
      this.#beating = false;
    }
    if (this.#own.size === 0 && !this.#stale) this.stop();
  }

  async #keep(changed: readonly string[]): Promise<boolean> {
    const parts = changed.length > 0 ? [...batches(changed)] : [[]];
    const replies = await Promise.all(
      parts.map((part) => this.#connection.run(KEEP, ...this.#keys(), this.#name, String(LIFE), ...part)),
    );
    return replies.every((reply) => reply === 1);
  }

  async #rewrite(): Promise<void> {
    this.#stale = false;
    this.#rewrites += 1;
    const [, sessionsKey, countsKey] = this.#keys();
    const { sessions, counts } = this.#own.all((session) =>
      SESSION_SUBJECTS.map((subject) => countKey(session, subject)),
    );
    const replies = await this.#connection.command((redis) => {
      const transaction = redis.multi().del(sessionsKey, countsKey);
      for (const fields of batches(sessions)) transaction.hset(sessionsKey, ...fields);
      for (const fields of batches(counts)) transaction.hset(countsKey, ...fields);
      if (sessions.length > 0) transaction.pexpire(sessionsKey, LIFE).pexpire(countsKey, LIFE);
      return transaction.exec();
    });
    const failure = replies?.find(([error]) => error !== null)?.[0];
    if (failure) throw failure;
    await this.#keep([]);
  }
}

function countKey(session: ConsoleSession, subject: (typeof SESSION_SUBJECTS)[number]): string {
  return `${subject}:${subjectOf(session, subject)}`;
}

function* batches(fields: readonly string[]): Iterable<string[]> {
  for (let at = 0; at < fields.length; at += 2 * BATCH) yield fields.slice(at, at + 2 * BATCH);
}
