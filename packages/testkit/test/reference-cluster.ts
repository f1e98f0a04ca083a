import {
  type ClusterMessage,
  type ClusterPort,
  type ConsoleSession,
  LocalCluster,
  type SessionDirectory,
  type SessionFilter,
  type SessionLimits,
  tokenStoreUnavailable,
} from '@remote-consoles/core';
import type { ClusterHarness } from '../src/index.js';

/** What the processes of a cluster have in common. */
export class SharedCluster {
  readonly local = new LocalCluster();
}

/** One process's part of a cluster, as small as it gets. Broken ones in the self-test override one method each. */
export class ReferenceCluster implements ClusterPort, SessionDirectory {
  readonly sessions: SessionDirectory = this;
  readonly messages = {
    send: (message: ClusterMessage) => this.send(message),
    receive: (listener: (message: ClusterMessage) => void) => this.receive(listener),
  };
  readonly own = new Map<string, ConsoleSession>();
  readonly shared: SharedCluster;
  down = false;
  readonly listeners = new Set<(message: ClusterMessage) => void>();

  constructor(shared: SharedCluster) {
    this.shared = shared;
    shared.local.messages.receive((message) => this.tell(message));
  }

  async open(session: ConsoleSession, limits: SessionLimits): Promise<void> {
    this.assertUp();
    this.own.set(session.id, session);
    await this.shared.local.sessions.open(session, limits).catch((error: unknown) => {
      this.own.delete(session.id);
      throw error;
    });
  }

  async close(session: ConsoleSession): Promise<void> {
    if (!this.down && this.own.delete(session.id)) await this.shared.local.sessions.close(session);
  }

  async find(id: string): Promise<ConsoleSession | undefined> {
    this.assertUp();
    return this.shared.local.sessions.find(id);
  }

  async list(filter: SessionFilter): Promise<readonly ConsoleSession[]> {
    this.assertUp();
    return this.shared.local.sessions.list(filter);
  }

  async send(message: ClusterMessage): Promise<void> {
    if (this.down) this.tell(message);
    this.assertUp();
    await this.shared.local.messages.send(message);
  }

  receive(listener: (message: ClusterMessage) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async crash(): Promise<void> {
    for (const session of this.own.values()) await this.shared.local.sessions.close(session);
  }

  tell(message: ClusterMessage): void {
    for (const listener of this.listeners) listener(message);
  }

  assertUp(): void {
    if (this.down) throw tokenStoreUnavailable();
  }
}

/** Two processes of one cluster. */
export function clusterHarness(
  make: (shared: SharedCluster) => ReferenceCluster = (shared) => new ReferenceCluster(shared),
): ClusterHarness {
  const shared = new SharedCluster();
  const [cluster, peer] = [make(shared), make(shared)];
  return {
    cluster,
    peer,
    deadline: 100,
    seenWithin: 100,
    forgottenWithin: 100,
    crash: () => cluster.crash(),
    makeUnavailable: () => {
      cluster.down = true;
    },
  };
}
