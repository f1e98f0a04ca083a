import {
  type ConsoleAuthorization,
  type ConsoleSession,
  type ConsoleType,
  snapshotOf,
  type TokenDigest,
} from '@remote-consoles/core';
import type { Opening } from '../handshake/opening.js';
import type { Liveness } from '../relay/liveness.js';
import type { Relay } from '../relay/relay.js';

/** A viewer's open connection within a session. */
export interface OpenRelay {
  readonly relay: Relay;
  readonly liveness: Liveness;
}

/** What a session looks like from outside. */
export interface SessionInfo extends ConsoleSession {
  readonly sockets: number;
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
export class Session implements ConsoleSession {
  readonly id: string;
  readonly gateway: string;
  /** The viewer's secret that further sockets join with. */
  readonly key: string;
  readonly digest: TokenDigest;
  readonly authorization: ConsoleAuthorization;
  readonly clientAddress: string | undefined;
  readonly openedAt: number;
  /** ms since the epoch */
  readonly endsAt: number;
  security: string | undefined;
  /** Entering the directory: the limits hold for all sockets of the session, whichever asks first. */
  entry: Promise<void> | undefined;
  readonly openings = new Set<Opening>();
  readonly relays = new Set<OpenRelay>();
  /** Of relays that have ended. */
  readonly past: Traffic = noTraffic();

  constructor(
    facts: Pick<
      Session,
      'id' | 'gateway' | 'key' | 'digest' | 'authorization' | 'clientAddress' | 'openedAt' | 'endsAt'
    >,
  ) {
    this.id = facts.id;
    this.gateway = facts.gateway;
    this.key = facts.key;
    this.digest = facts.digest;
    this.authorization = facts.authorization;
    this.clientAddress = facts.clientAddress;
    this.openedAt = facts.openedAt;
    this.endsAt = facts.endsAt;
  }

  get serverId(): string {
    return this.authorization.serverId;
  }

  get projectId(): string {
    return this.authorization.projectId;
  }

  get userId(): string {
    return this.authorization.userId;
  }

  get type(): ConsoleType {
    return this.authorization.type;
  }

  get requestId(): string {
    return this.authorization.requestId;
  }

  get bytesDown(): number {
    let total = this.past.bytesDown;
    for (const { relay } of this.relays) total += relay.bytesDown;
    return total;
  }

  get bytesUp(): number {
    let total = this.past.bytesUp;
    for (const { relay } of this.relays) total += relay.bytesUp;
    return total;
  }

  get lastActivity(): number {
    let last = this.openedAt;
    for (const { liveness } of this.relays) last = Math.max(last, liveness.lastActivity);
    return last;
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
    return { ...snapshotOf(this), sockets: this.sockets };
  }
}
