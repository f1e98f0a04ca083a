import { ConsoleError } from '../errors.js';
import type { Credentials } from '../policy/credentials.js';
import type { AuditEvent, AuditSink } from '../ports/audit-sink.js';
import type { Clock } from '../ports/clock.js';
import type { RequestContext } from './request-context.js';

/** What a request is about. */
type Subject = Pick<AuditEvent, 'serverId' | 'sessionId' | 'type'>;

/**
 * Does what a user asked for, and records that it was done, or why not. The user and the project are those of who asked.
 *
 * @param run is given a function to say what it has found the request to be about, beside what is known beforehand
 * @throws what `run` throws
 */
export async function auditedRequest<Result>(
  { audit, clock }: { readonly audit: AuditSink; readonly clock: Clock },
  { credentials, context }: { readonly credentials: Credentials; readonly context: RequestContext },
  { action, ...known }: Pick<AuditEvent, 'action'> & Subject,
  run: (found: (subject: Subject) => void) => Promise<Result>,
): Promise<Result> {
  let subject: Subject = known;
  const record = (outcome: AuditEvent['outcome'], reason?: string) =>
    audit.record({
      action,
      outcome,
      at: clock.now(),
      ...context,
      userId: credentials.userId,
      ...(credentials.projectId !== undefined && { projectId: credentials.projectId }),
      ...subject,
      ...(reason !== undefined && { reason }),
    });
  try {
    const result = await run((found) => {
      subject = { ...subject, ...found };
    });
    record('success');
    return result;
  } catch (error) {
    record('failure', error instanceof ConsoleError ? error.code : 'internal');
    throw error;
  }
}
