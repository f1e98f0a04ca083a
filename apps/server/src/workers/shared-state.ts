import {
  type ConsoleSession,
  LocalCluster,
  type SessionFilter,
  type TokenStore,
} from '@remote-consoles/core';
import type { SharedStateFunctions, WorkerLink } from './worker-functions.js';

/**
 * Tokens and sessions of all workers, held by the primary: for token stores that know one process alone. A session's
 * changing facts stay with the worker that holds it, and are asked for when somebody wants to see them.
 */
export class SharedState {
  readonly #tokens: TokenStore;
  readonly #directory = new LocalCluster().sessions;
  readonly #workers = new Map<WorkerLink, Map<string, ConsoleSession>>();

  constructor(tokens: TokenStore) {
    this.#tokens = tokens;
  }

  /** A worker is gone, and its sessions with it. */
  async leave(link: WorkerLink): Promise<void> {
    const held = this.#workers.get(link);
    this.#workers.delete(link);
    for (const session of held?.values() ?? []) await this.#directory.close(session);
  }

  /** Lets a worker in: what it may ask from now on. */
  join(link: WorkerLink): SharedStateFunctions {
    const held = new Map<string, ConsoleSession>();
    const tokens = this.#tokens;
    this.#workers.set(link, held);
    return {
      put: (digest, authorization) => tokens.put(digest, authorization),
      find: (digest) => tokens.find(digest),
      redeem: (digest, session) => tokens.redeem(digest, session),
      release: (digest, session) => tokens.release(digest, session),
      revoke: (digest) => tokens.revoke(digest),
      revokeServer: (serverId) => tokens.revokeServer(serverId),
      check: () => tokens.check(),
      openSession: async (session, limits) => {
        await this.#directory.open(session, limits);
        held.set(session.id, session);
      },
      closeSession: async (id) => {
        const session = held.get(id);
        held.delete(id);
        if (session) await this.#directory.close(session);
      },
      findSession: (id) => this.#find(id),
      listSessions: (filter) => this.#list(filter),
      tellOthers: async (message) => {
        const others = [...this.#workers.keys()].filter((other) => other !== link);
        // One that does not answer yet has the message: it is next when it can look again, or it dies.
        await Promise.allSettled(others.map((other) => other.call('obey', message)));
      },
    };
  }

  async #find(id: string): Promise<ConsoleSession | undefined> {
    for (const [link, held] of this.#workers) if (held.has(id)) await refresh(link, held, [id]);
    return this.#directory.find(id);
  }

  async #list(filter: SessionFilter): Promise<readonly ConsoleSession[]> {
    await Promise.all(Array.from(this.#workers, ([link, held]) => refresh(link, held)));
    return this.#directory.list(filter);
  }
}

/** A worker that does not answer is dying or busy: what it said last stands until it is gone. */
async function refresh(
  link: WorkerLink,
  held: ReadonlyMap<string, ConsoleSession>,
  ids?: readonly string[],
): Promise<void> {
  if (held.size === 0) return;
  const fresh = await link.call('sessions', ids).catch(() => []);
  for (const session of fresh) {
    const known = held.get(session.id);
    if (known) Object.assign(known, session);
  }
}
