import {
  type ClusterMessage,
  type ClusterPort,
  type ConsoleSession,
  snapshotOf,
  type TokenStore,
} from '@remote-consoles/core';
import type { ProcessLink } from './process-link.js';
import type { SharedStateFunctions } from './worker-functions.js';

type PrimaryLink = ProcessLink<SharedStateFunctions>;

/** The primary's tokens and sessions as a worker sees them. */
export function createWorkerTokenStore(primary: PrimaryLink): TokenStore {
  const sessions = new Map<string, ConsoleSession>();
  const listeners = new Set<(message: ClusterMessage) => void>();
  const tell = (message: ClusterMessage) => {
    for (const listener of listeners) listener(message);
  };
  primary.serve({
    sessions: async (ids: readonly string[] | undefined) => {
      const wanted = ids ? ids.flatMap((id) => sessions.get(id) ?? []) : [...sessions.values()];
      return wanted.map(snapshotOf);
    },
    obey: async (message: ClusterMessage) => tell(message),
  });
  return {
    put: (digest, authorization) => primary.call('put', digest, authorization),
    find: (digest) => primary.call('find', digest),
    redeem: (digest, session) => primary.call('redeem', digest, session),
    release: (digest, session) => primary.call('release', digest, session),
    revoke: (digest) => primary.call('revoke', digest),
    revokeServer: (serverId) => primary.call('revokeServer', serverId),
    check: () => primary.call('check'),
    close: async () => primary.close(),
    cluster: clusterOf(primary, sessions, { listeners, tell }),
  };
}

interface Listening {
  readonly listeners: Set<(message: ClusterMessage) => void>;
  readonly tell: (message: ClusterMessage) => void;
}

function clusterOf(
  primary: PrimaryLink,
  sessions: Map<string, ConsoleSession>,
  { listeners, tell }: Listening,
): ClusterPort {
  return {
    sessions: {
      open: async (session, limits) => {
        await primary.call('openSession', snapshotOf(session), limits);
        sessions.set(session.id, session);
      },
      close: async ({ id }) => {
        // Without an answer the primary is about to go, and the directory with it.
        if (sessions.delete(id)) await primary.call('closeSession', id).catch(() => undefined);
      },
      find: (id) => primary.call('findSession', id),
      list: (filter) => primary.call('listSessions', filter),
    },
    messages: {
      send: async (message) => {
        tell(message);
        await primary.call('tellOthers', message);
      },
      receive: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
  };
}
