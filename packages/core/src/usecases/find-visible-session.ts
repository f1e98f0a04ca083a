import { sessionNotFound } from '../errors.js';
import type { Credentials } from '../policy/credentials.js';
import type { Policy } from '../policy/policy.js';
import type { SessionDirectory } from '../ports/session-directory.js';
import type { ConsoleSession } from '../session/console-session.js';

/**
 * Finds a session that the user may know of: their own project's, or any for an administrator. A foreign session is
 * answered like one that does not exist.
 *
 * @throws ConsoleError `session-not-found`, `token-store-unavailable`
 */
export async function findVisibleSession(
  sessions: SessionDirectory,
  policy: Policy,
  credentials: Credentials,
  id: string,
): Promise<ConsoleSession> {
  const session = await sessions.find(id);
  if (!session) throw sessionNotFound(id);
  if (session.projectId !== credentials.projectId && !policy.isAdmin(credentials)) throw sessionNotFound(id);
  return session;
}
