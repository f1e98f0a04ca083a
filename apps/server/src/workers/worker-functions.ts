import type {
  ClusterMessage,
  ConsoleAuthorization,
  ConsoleSession,
  Redemption,
  SessionFilter,
  SessionLimits,
  TokenDigest,
} from '@remote-consoles/core';
import type { MetricValues } from '../metrics/metrics.js';
import type { ProcessLink } from './process-link.js';

/** Set in the environment of workers whose tokens and sessions the primary keeps. */
export const SHARED_STATE = 'REMOTE_CONSOLES_SHARED_STATE';

/** ms that the primary has for an answer to a worker, and a worker for one to the primary, which others may wait for */
export const PRIMARY_DEADLINE = 5000;
export const WORKER_DEADLINE = 1000;

/** What any worker asks of the primary. */
export type PrimaryFunctions = {
  /** The numbers of all other workers, those that have died included. */
  readonly otherMetrics: () => Promise<readonly MetricValues[]>;
};

/** What a worker asks of a primary that keeps tokens and sessions for all. */
export type SharedStateFunctions = {
  readonly put: (digest: TokenDigest, authorization: ConsoleAuthorization) => Promise<void>;
  readonly find: (digest: TokenDigest) => Promise<ConsoleAuthorization | undefined>;
  readonly redeem: (digest: TokenDigest, session: string) => Promise<Redemption>;
  readonly release: (digest: TokenDigest, session: string) => Promise<void>;
  readonly revoke: (digest: TokenDigest) => Promise<boolean>;
  readonly revokeServer: (serverId: string) => Promise<number>;
  readonly check: () => Promise<void>;
  readonly openSession: (session: ConsoleSession, limits: SessionLimits) => Promise<void>;
  readonly closeSession: (id: string) => Promise<void>;
  readonly findSession: (id: string) => Promise<ConsoleSession | undefined>;
  readonly listSessions: (filter: SessionFilter) => Promise<readonly ConsoleSession[]>;
  readonly tellOthers: (message: ClusterMessage) => Promise<void>;
};

/** What the primary asks of a worker; the last two where it holds what they share. */
export type WorkerFunctions = {
  /** Its own numbers; none where nobody reads metrics. */
  readonly metrics: () => Promise<MetricValues>;
  /** The sessions that it holds as they are now: all, or those of these ids that it has. */
  readonly sessions: (ids: readonly string[] | undefined) => Promise<readonly ConsoleSession[]>;
  readonly obey: (message: ClusterMessage) => Promise<void>;
};

/** The primary's end of the link to a worker. */
export type WorkerLink = ProcessLink<WorkerFunctions>;
