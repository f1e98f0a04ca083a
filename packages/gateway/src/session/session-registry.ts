import { ConsoleError, type TokenDigest } from '@remote-consoles/core';
import type { GatewayLimits } from '../settings.js';
import type { Session } from './session.js';

/** The sessions of this process, counted against its limits from before they are open until they have ended. */
export class SessionRegistry {
  readonly #limits: GatewayLimits;
  readonly #byId = new Map<string, Session>();
  readonly #byKey = new Map<string, Session>();
  readonly #perServer = new Map<string, number>();
  readonly #perUser = new Map<string, number>();

  constructor(limits: GatewayLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#byId.size;
  }

  get full(): boolean {
    return this.#byId.size >= this.#limits.sessions;
  }

  [Symbol.iterator](): IterableIterator<Session> {
    return this.#byId.values();
  }

  get(id: string): Session | undefined {
    return this.#byId.get(id);
  }

  /**
   * The session that a further socket joins.
   *
   * @throws ConsoleError `limit-exceeded` if it has too many sockets
   */
  join(key: string, digest: TokenDigest): Session | undefined {
    const session = this.#byKey.get(key);
    if (session === undefined || session.digest !== digest) return undefined;
    if (session.sockets >= this.#limits.socketsPerSession)
      throw limitExceeded('this console has too many sockets');
    return session;
  }

  /** @throws ConsoleError `limit-exceeded` */
  add(session: Session): void {
    const { serverId, userId } = session.authorization;
    if ((this.#perServer.get(serverId) ?? 0) >= this.#limits.sessionsPerServer) {
      throw limitExceeded('too many consoles of this server are open');
    }
    if ((this.#perUser.get(userId) ?? 0) >= this.#limits.sessionsPerUser) {
      throw limitExceeded('this user has too many consoles open');
    }
    this.#byId.set(session.id, session);
    this.#byKey.set(session.key, session);
    count(this.#perServer, serverId, 1);
    count(this.#perUser, userId, 1);
  }

  remove(session: Session): boolean {
    if (!this.#byId.delete(session.id)) return false;
    if (this.#byKey.get(session.key) === session) this.#byKey.delete(session.key);
    count(this.#perServer, session.authorization.serverId, -1);
    count(this.#perUser, session.authorization.userId, -1);
    return true;
  }
}

function count(counts: Map<string, number>, key: string, change: 1 | -1): void {
  const next = (counts.get(key) ?? 0) + change;
  if (next > 0) counts.set(key, next);
  else counts.delete(key);
}

function limitExceeded(message: string): ConsoleError {
  return new ConsoleError('limit-exceeded', `${message}; close one and try again`);
}
