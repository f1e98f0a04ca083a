import type { ConnectInfo } from '../connection/console-connection.js';
import type { ConsoleType } from '../console/console-type.js';

/**
 * What a token stands for. Plain JSON, without the token and without secrets but for `connectInfo.internalAccessPath`
 * (Nova shows it to administrators), so that it can travel through a token store to another process.
 */
export interface ConsoleAuthorization {
  readonly serverId: string;
  readonly projectId: string;
  readonly userId: string;
  readonly type: ConsoleType;
  readonly connectInfo: ConnectInfo;
  /** The request that issued the token; ties audit records together. */
  readonly requestId: string;
  /** ms since the epoch */
  readonly issuedAt: number;
  /** ms since the epoch; the token is valid while this lies in the future */
  readonly expiresAt: number;
  /** Whether only one session may be opened with it. A session may have several sockets (SPICE opens four). */
  readonly oneTime: boolean;
}
