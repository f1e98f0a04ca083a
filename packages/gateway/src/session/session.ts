import type { ConsoleAuthorization, TokenDigest } from '@remote-consoles/core';
import type { Opening } from '../handshake/opening.js';
import type { Liveness } from '../relay/liveness.js';
import type { Relay } from '../relay/relay.js';

/** A viewer's open connection within a session. */
export interface OpenRelay {
  readonly relay: Relay;
  readonly liveness: Liveness;
}

/** What a session looks like from outside. */
export interface SessionInfo {
  readonly id: string;
  readonly serverId: string;
  readonly projectId: string;
  readonly userId: string;
  readonly type: ConsoleAuthorization['type'];
  /** The API request that issued the token. */
  readonly requestId: string;
  readonly clientAddress: string | undefined;
  /** How the gateway got into the console: `none`, `vnc`, `x509none`, `x509vnc`, `rdp-nla`, …; undefined while it is being opened. */
  readonly security: string | undefined;
  /** ms since the epoch */
  readonly openedAt: number;
  /** ms since the epoch, exact to a sweep */
  readonly lastActivity: number;
  readonly sockets: number;
  /** Bytes to the viewer. */
  readonly bytesDown: number;
  /** Bytes from the viewer. */
  readonly bytesUp: number;
}

/** Bytes and stalls of relays. */
export interface Traffic {
  bytesDown: number;
  bytesUp: number;
  readsDown: number;
  stallsDown: number;
  stallsUp: number;
}

export function noTraffic(): Traffic {
  return { bytesDown: 0, bytesUp: 0, readsDown: 0, stallsDown: 0, stallsUp: 0 };
}

export function addTraffic(total: Traffic, part: Traffic): void {
  total.bytesDown += part.bytesDown;
  total.bytesUp += part.bytesUp;
  total.readsDown += part.readsDown;
  total.stallsDown += part.stallsDown;
  total.stallsUp += part.stallsUp;
}

/** One use of a console by one viewer: one socket, or several for protocols that open one per channel. */
export class Session {
  readonly id: string;
  /** The viewer's secret that further sockets join with. */
  readonly key: string;
  readonly digest: TokenDigest;
  readonly authorization: ConsoleAuthorization;
  readonly clientAddress: string | undefined;
  readonly openedAt: number;
  /** ms since the epoch */
  readonly endsAt: number;
  security: string | undefined;
  readonly openings = new Set<Opening>();
  readonly relays = new Set<OpenRelay>();
  /** Of relays that have ended. */
  readonly past: Traffic = noTraffic();

  constructor(
    facts: Pick<Session, 'id' | 'key' | 'digest' | 'authorization' | 'clientAddress' | 'openedAt' | 'endsAt'>,
  ) {
    this.id = facts.id;
    this.key = facts.key;
    this.digest = facts.digest;
    this.authorization = facts.authorization;
    this.clientAddress = facts.clientAddress;
    this.openedAt = facts.openedAt;
    this.endsAt = facts.endsAt;
  }

  /** Sockets, those that are being opened included. */
  get sockets(): number {
    return this.openings.size + this.relays.size;
  }

  /** Traffic of all its sockets. */
  traffic(): Traffic {
    const total = { ...this.past };
    for (const { relay } of this.relays) addTraffic(total, relay);
    return total;
  }

  info(): SessionInfo {
    const { serverId, projectId, userId, type, requestId } = this.authorization;
    const { bytesDown, bytesUp } = this.traffic();
    let lastActivity = this.openedAt;
    for (const { liveness } of this.relays) lastActivity = Math.max(lastActivity, liveness.lastActivity);
    return {
      id: this.id,
      serverId,
      projectId,
      userId,
      type,
      requestId,
      clientAddress: this.clientAddress,
      security: this.security,
      openedAt: this.openedAt,
      lastActivity,
      sockets: this.sockets,
      bytesDown,
      bytesUp,
    };
  }
}
