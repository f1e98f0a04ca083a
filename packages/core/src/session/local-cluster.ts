import type { ClusterMessage, ClusterMessages } from '../ports/cluster-messages.js';
import type { ClusterPort } from '../ports/cluster-port.js';
import type { SessionDirectory } from '../ports/session-directory.js';
import { type ConsoleSession, matchesFilter, type SessionFilter, snapshotOf } from './console-session.js';
import {
  SESSION_SUBJECTS,
  type SessionLimits,
  type SessionSubject,
  sessionLimitExceeded,
  subjectOf,
} from './session-limits.js';

/** A cluster of one process: for token stores that have no other. */
export class LocalCluster implements ClusterPort {
  readonly sessions: SessionDirectory = new LocalSessionDirectory();
  readonly messages: ClusterMessages = new LocalMessages();
}

class LocalSessionDirectory implements SessionDirectory {
  readonly #sessions = new Map<string, ConsoleSession>();
  readonly #counts: Readonly<Record<SessionSubject, Map<string, number>>> = {
    token: new Map(),
    server: new Map(),
    user: new Map(),
    project: new Map(),
  };

  async open(session: ConsoleSession, limits: SessionLimits): Promise<void> {
    for (const subject of SESSION_SUBJECTS) {
      const limit = limits[subject];
      if (limit === undefined) continue;
      const count = this.#counts[subject].get(subjectOf(session, subject)) ?? 0;
      if (count >= limit) throw sessionLimitExceeded(subject);
    }
    this.#sessions.set(session.id, session);
    this.#count(session, 1);
  }

  async close(session: ConsoleSession): Promise<void> {
    if (this.#sessions.delete(session.id)) this.#count(session, -1);
  }

  async find(id: string): Promise<ConsoleSession | undefined> {
    const session = this.#sessions.get(id);
    return session && snapshotOf(session);
  }

  async list(filter: SessionFilter): Promise<readonly ConsoleSession[]> {
    const found: ConsoleSession[] = [];
    for (const session of this.#sessions.values()) {
      if (matchesFilter(session, filter)) found.push(snapshotOf(session));
    }
    return found;
  }

  #count(session: ConsoleSession, change: 1 | -1): void {
    for (const subject of SESSION_SUBJECTS) {
      const counts = this.#counts[subject];
      const key = subjectOf(session, subject);
      const next = (counts.get(key) ?? 0) + change;
      if (next > 0) counts.set(key, next);
      else counts.delete(key);
    }
  }
}

class LocalMessages implements ClusterMessages {
  readonly #listeners = new Set<(message: ClusterMessage) => void>();

  async send(message: ClusterMessage): Promise<void> {
    for (const listener of this.#listeners) listener(message);
  }

  receive(listener: (message: ClusterMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
