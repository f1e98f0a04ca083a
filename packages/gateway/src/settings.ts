import type {
  AuditSink,
  Clock,
  ClusterPort,
  ConsoleStreamPort,
  Logger,
  Random,
  RedeemConsoleToken,
} from '@remote-consoles/core';
import type { TrustsProxy } from './handshake/client-address.js';
import type { FailureLimiter } from './handshake/guess-limit.js';

/** How much one gateway process takes on. */
export interface GatewayLimits {
  /** Sessions in all; default 10000. Above it the answer is 503. */
  readonly sessions: number;
  /** Sessions with one server, on all gateways of the cluster; default 20. Above it the answer is 429. */
  readonly sessionsPerServer: number;
  /** Sessions of one user, on all gateways of the cluster; default 100. Above it the answer is 429. */
  readonly sessionsPerUser: number;
  /** Sessions of one project, on all gateways of the cluster; default: no limit. Above it the answer is 429. */
  readonly sessionsPerProject: number;
  /** Sessions opened with one token, on all gateways of the cluster; default: no limit. Above it the answer is 429. */
  readonly sessionsPerToken: number;
  /** Sockets of one session (SPICE opens several); default 16. Above it the answer is 429. */
  readonly socketsPerSession: number;
  /** Handshakes under way at once; default 512. Above it the answer is 503. */
  readonly openings: number;
  /** Payload of one WebSocket frame, bytes; default 16 MiB. Frames are streamed: none is ever held. */
  readonly frameBytes: number;
}

/** Deadlines, all in ms. */
export interface GatewayTimeouts {
  /** Until the token is redeemed, which may ask the hypervisor; default 15000. */
  readonly redeem: number;
  /** Until the hypervisor has accepted the connection; default 5000. */
  readonly connect: number;
  /** Until TLS and the console's own handshake are over, towards the hypervisor and towards the viewer; default 10000. */
  readonly handshake: number;
  /** Until a session without a byte either way is closed; default 0: never. */
  readonly idle: number;
  /** Until any session is closed; default 0: never. */
  readonly session: number;
  /** Between pings to a viewer; default 25000. */
  readonly ping: number;
  /** Until a viewer without a sign of life is given up; default 75000. */
  readonly lost: number;
  /**
   * Until a viewer whose console has closed is told no more than that; default 3000. A stopped server's console closes
   * before the hypervisor says that the server has stopped: libvirt takes up to 2 s.
   */
  readonly endReason: number;
  /** Between looks at all sessions: how exact the four above are; default 1000. */
  readonly sweep: number;
}

export interface GatewayOptions {
  readonly redeem: Pick<RedeemConsoleToken, 'execute' | 'inspect'>;
  /** Opens consoles that only their adapter can reach. */
  readonly streams?: ConsoleStreamPort | undefined;
  /** Where its sessions are entered and what tells it to end them; its own alone where absent. */
  readonly cluster?: ClusterPort | undefined;
  /** What this process is called where sessions are listed; default `gateway`. */
  readonly name?: string;
  readonly audit: AuditSink;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** The base URLs of all consoles: a page must have come by one of their schemes. */
  readonly baseUrls: readonly string[];
  /** Host names of pages, other than the gateway's own, that may open consoles. */
  readonly allowedOrigins?: readonly string[];
  /**
   * Whether the host at this address is a proxy whose X-Forwarded-For and X-Forwarded-Proto are believed; it must set
   * both itself. Default: nobody is.
   */
  readonly trustsProxy?: TrustsProxy;
  /** Whether a session ends when its token expires (Nova's `enforce_session_timeout`); default false. */
  readonly endWithToken?: boolean;
  /** Path on which a plain GET with a token becomes a raw RFB stream (xvpvnc); default `/console`. */
  readonly xvpvncPath?: string;
  /** Path on which a GET with a token is answered with a file for remote-viewer (spice-direct); default `/spice-direct`. */
  readonly spiceDirectPath?: string;
  /**
   * Whether rectangles of RDP's bitmap updates are made as wide as the rows that fill them; default false. The page's RDP
   * client draws padded bitmaps of some servers (xrdp) askew without it.
   */
  readonly widenRdpBitmaps?: boolean | undefined;
  /** Counts tokens that are not valid by client address; above it the answer is 429. No limit where absent. */
  readonly failedTokens?: FailureLimiter | undefined;
  readonly limits?: Partial<GatewayLimits>;
  readonly timeouts?: Partial<GatewayTimeouts>;
}

export const DEFAULT_LIMITS: GatewayLimits = {
  sessions: 10_000,
  sessionsPerServer: 20,
  sessionsPerUser: 100,
  sessionsPerProject: Number.POSITIVE_INFINITY,
  sessionsPerToken: Number.POSITIVE_INFINITY,
  socketsPerSession: 16,
  openings: 512,
  frameBytes: 16 * 1024 * 1024,
};

export const DEFAULT_TIMEOUTS: GatewayTimeouts = {
  redeem: 15_000,
  connect: 5_000,
  handshake: 10_000,
  idle: 0,
  session: 0,
  ping: 25_000,
  lost: 75_000,
  endReason: 3_000,
  sweep: 1_000,
};
