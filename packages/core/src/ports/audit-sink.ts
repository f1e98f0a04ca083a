import type { ConsoleType } from '../console/console-type.js';
import type { ConsoleErrorCode } from '../errors.js';

/** One thing that was done, or refused, with a console. It never holds a token, password or ticket. */
export interface AuditEvent {
  readonly action:
    | 'console.issue'
    | 'console.redeem'
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
  readonly projectId?: string;
  readonly serverId?: string;
  readonly type?: ConsoleType;
  readonly clientAddress?: string;
  /** How the gateway reached the hypervisor's console: `none`, `vnc`, `x509none`, … */
  readonly security?: string;
  /** Bytes relayed to the viewer. */
  readonly bytesDown?: number;
  /** Bytes relayed from the viewer. */
  readonly bytesUp?: number;
}

export interface AuditSink {
  /** Must not throw and must not block. */
  record(event: AuditEvent): void;
}
