import type { ConsoleSession, SessionFilter } from '../session/console-session.js';
import type { SessionLimits } from '../session/session-limits.js';

/**
 * Which sessions are open, on whichever gateway. All methods but `close` throw ConsoleError `token-store-unavailable`
 * where what keeps it does not answer in bounded time.
 */
export interface SessionDirectory {
  /**
   * Enters a session that this process holds, unless a limit forbids it. Atomic, also between processes: of many at
   * once no more get in than the limits say.
   *
   * The session stays in the directory until it is closed, whatever happens to the directory meanwhile, and goes
   * within 10 s when its process dies. It is read again at least every 2 s while it is open: its facts may change.
   *
   * @throws ConsoleError `limit-exceeded`; the session is then not entered
   */
  open(session: ConsoleSession, limits: SessionLimits): Promise<void>;
  /**
   * Takes out a session that this process entered; none of that id is no error. Never rejects: where the directory
   * cannot be reached, the session goes when it can.
   */
  close(session: ConsoleSession): Promise<void>;
  /** The session, as it was at most 2 s ago. */
  find(id: string): Promise<ConsoleSession | undefined>;
  /** The sessions that match, in no order. */
  list(filter: SessionFilter): Promise<readonly ConsoleSession[]>;
}
