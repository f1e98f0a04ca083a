import type { ConsoleTransport } from '../connection/console-connection.js';
import type { ConsoleType } from '../console/console-type.js';
import type { ConsoleErrorCode } from '../errors.js';

/** One thing that was done, or refused, with a console. It never holds a token, password or ticket. */
export interface AuditEvent {
  readonly action:
    | 'console.issue'
    | 'console.redeem'
    /** A viewer was turned away before a token was used: wrong origin, no token, no room; or a client asked too often. */
    | 'console.refuse'
    | 'console.open'
    | 'console.close'
    | 'console.revoke'
    | 'console.terminate'
    | 'console.show-connect-info'
    | 'console.read-output'
    | 'console.screenshot';
  readonly outcome: 'success' | 'failure';
  /** ms since the epoch */
  readonly at: number;
  /** Why it failed, or why a session ended. */
  readonly reason?: ConsoleErrorCode | (string & {});
  /** The API request that issued the token: the thread through all records of one console. */
  readonly requestId?: string;
  readonly sessionId?: string;
  readonly userId?: string;
  /** The user's project; where a viewer's token says who it is, the server's. */
  readonly projectId?: string;
  readonly serverId?: string;
  readonly type?: ConsoleType;
  readonly clientAddress?: string;
  /** How the gateway reached the hypervisor's console: `none`, `vnc`, `x509none`, … */
  readonly security?: string;
  /** What the connection to the hypervisor's console is made of. */
  readonly transport?: ConsoleTransport['kind'];
  /** ms until the hypervisor's console had been dialled and had let us in. */
  readonly dialTime?: number;
  /** ms that the session lasted. */
  readonly duration?: number;
  /** Bytes relayed to the viewer. */
  readonly bytesDown?: number;
  /** Bytes relayed from the viewer. */
  readonly bytesUp?: number;
}

export interface AuditSink {
  /** Must not throw and must not block. */
  record(event: AuditEvent): void;
}
