import { ConsoleError, type TokenDigest } from '@remote-consoles/core';
import type { GatewayLimits } from '../settings.js';
import type { Session } from './session.js';

/** The sessions of this process, from before they are open until they have ended. */
export class SessionRegistry {
  readonly #limits: GatewayLimits;
  readonly #byId = new Map<string, Session>();
  readonly #byKey = new Map<string, Session>();

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
      throw new ConsoleError('limit-exceeded', 'this console has too many sockets; close one and try again');
    return session;
  }

  add(session: Session): void {
    this.#byId.set(session.id, session);
    this.#byKey.set(session.key, session);
  }

  remove(session: Session): boolean {
    if (!this.#byId.delete(session.id)) return false;
    if (this.#byKey.get(session.key) === session) this.#byKey.delete(session.key);
    return true;
  }
}
