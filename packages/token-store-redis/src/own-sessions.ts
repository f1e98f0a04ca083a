import { type ConsoleSession, snapshotOf } from '@remote-consoles/core';

interface OwnSession {
  readonly session: ConsoleSession;
  /** Whether Redis has let it in; before that it does not exist for others. */
  settled: boolean;
  /** What Redis was told last. */
  told: Pick<ConsoleSession, 'security' | 'lastActivity' | 'bytesDown' | 'bytesUp'>;
}

/** The sessions of this process, and what of them has been told. */
export class OwnSessions {
  readonly #sessions = new Map<string, OwnSession>();

  get size(): number {
    return this.#sessions.size;
  }

  add(session: ConsoleSession): void {
    this.#sessions.set(session.id, { session, settled: false, told: factsOf(session) });
  }

  /** Notes that a session was let in; false where it is over meanwhile. */
  settle(id: string): boolean {
    const own = this.#sessions.get(id);
    if (own) own.settled = true;
    return own !== undefined;
  }

  remove(id: string): boolean {
    return this.#sessions.delete(id);
  }

  /** Ids and texts of the sessions that have changed since they were told, in turn. They count as told. */
  changed(): readonly string[] {
    const fields: string[] = [];
    for (const own of this.#sessions.values()) {
      if (!own.settled || !hasChanged(own)) continue;
      own.told = factsOf(own.session);
      fields.push(own.session.id, textOf(own.session));
    }
    return fields;
  }

  /**
   * Ids and texts of all sessions, and keys and numbers of what they count for, each in turn. They count as told.
   *
   * @param keysOf what a session counts for
   */
  all(keysOf: (session: ConsoleSession) => readonly string[]): {
    readonly sessions: readonly string[];
    readonly counts: readonly string[];
  } {
    const sessions: string[] = [];
    const counts = new Map<string, number>();
    for (const own of this.#sessions.values()) {
      if (!own.settled) continue;
      own.told = factsOf(own.session);
      sessions.push(own.session.id, textOf(own.session));
      for (const key of keysOf(own.session)) counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return { sessions, counts: [...counts].flatMap(([key, count]) => [key, String(count)]) };
  }
}

function factsOf({ security, lastActivity, bytesDown, bytesUp }: ConsoleSession): OwnSession['told'] {
  return { security, lastActivity, bytesDown, bytesUp };
}

function hasChanged({ session, told }: OwnSession): boolean {
  return (
    session.bytesDown !== told.bytesDown ||
    session.bytesUp !== told.bytesUp ||
    session.lastActivity !== told.lastActivity ||
    session.security !== told.security
  );
}

function textOf(session: ConsoleSession): string {
  return JSON.stringify(snapshotOf(session));
}
