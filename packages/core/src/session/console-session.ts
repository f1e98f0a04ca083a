import type { ConsoleType } from '../console/console-type.js';
import type { TokenDigest } from '../token/console-token.js';

/**
 * One use of a console by one viewer, as every process may know it. Facts alone: no token, password or ticket. Its
 * last four may change while it is open.
 */
export interface ConsoleSession {
  readonly id: string;
  /** The name of the gateway process that holds its sockets. */
  readonly gateway: string;
  readonly serverId: string;
  readonly projectId: string;
  readonly userId: string;
  readonly type: ConsoleType;
  /** What it was opened with. */
  readonly digest: TokenDigest;
  /** The API request that issued the token. */
  readonly requestId: string;
  readonly clientAddress: string | undefined;
  /** ms since the epoch */
  readonly openedAt: number;
  /** How the gateway got into the console: `none`, `vnc`, `x509none`, …; undefined while it is being opened. */
  readonly security: string | undefined;
  /** ms since the epoch, exact to a second or so */
  readonly lastActivity: number;
  /** Bytes to the viewer. */
  readonly bytesDown: number;
  /** Bytes from the viewer. */
  readonly bytesUp: number;
}

/** A session as it is now: a copy that stays as it is. */
export function snapshotOf(session: ConsoleSession): ConsoleSession {
  return {
    id: session.id,
    gateway: session.gateway,
    serverId: session.serverId,
    projectId: session.projectId,
    userId: session.userId,
    type: session.type,
    digest: session.digest,
    requestId: session.requestId,
    clientAddress: session.clientAddress,
    openedAt: session.openedAt,
    security: session.security,
    lastActivity: session.lastActivity,
    bytesDown: session.bytesDown,
    bytesUp: session.bytesUp,
  };
}

/** Which sessions are asked for: those that have all of these. */
export interface SessionFilter {
  readonly serverId?: string;
  readonly projectId?: string;
  readonly userId?: string;
  readonly type?: ConsoleType;
}

export function matchesFilter(session: ConsoleSession, filter: SessionFilter): boolean {
  return (
    (filter.serverId === undefined || session.serverId === filter.serverId) &&
    (filter.projectId === undefined || session.projectId === filter.projectId) &&
    (filter.userId === undefined || session.userId === filter.userId) &&
    (filter.type === undefined || session.type === filter.type)
  );
}
