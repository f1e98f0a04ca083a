import { ConsoleError } from '../errors.js';
import type { Credentials } from '../policy/credentials.js';
import type { Policy } from '../policy/policy.js';
import type { AuditSink } from '../ports/audit-sink.js';
import type { Clock } from '../ports/clock.js';
import type { ClusterPort } from '../ports/cluster-port.js';
import type { ConsoleSession } from '../session/console-session.js';
import { findVisibleSession } from './find-visible-session.js';
import type { RequestContext } from './request-context.js';

export interface TerminateSessionRequest {
  readonly credentials: Credentials;
  readonly sessionId: string;
  readonly context: RequestContext;
}

/** Ends a session on whichever gateway holds it; its viewer is told so. */
export class TerminateSession {
  readonly #deps;

  constructor(deps: {
    readonly cluster: ClusterPort;
    readonly policy: Policy;
    readonly audit: AuditSink;
    readonly clock: Clock;
  }) {
    this.#deps = deps;
  }

  /**
   * Resolves when the gateways are being told, which is within 1 s of the end of the session.
   *
   * @throws ConsoleError `session-not-found`, `forbidden`, `token-store-unavailable`
   */
  async execute(request: TerminateSessionRequest): Promise<void> {
    let session: ConsoleSession | undefined;
    try {
      const { cluster, policy } = this.#deps;
      const { credentials, sessionId } = request;
      session = await findVisibleSession(cluster.sessions, policy, credentials, sessionId);
      policy.enforce('remote_consoles:sessions:delete', credentials, session);
      await cluster.messages.send({ kind: 'terminate-session', sessionId });
      this.#record(request, session, 'success');
    } catch (error) {
      this.#record(request, session, 'failure', error instanceof ConsoleError ? error.code : 'internal');
      throw error;
    }
  }

  /** The user and the project are those of who asked, as in every record of the API. */
  #record(
    { credentials, sessionId, context }: TerminateSessionRequest,
    session: ConsoleSession | undefined,
    outcome: 'success' | 'failure',
    reason?: string,
  ): void {
    this.#deps.audit.record({
      action: 'console.terminate',
      outcome,
      at: this.#deps.clock.now(),
      ...context,
      sessionId,
      userId: credentials.userId,
      ...(credentials.projectId !== undefined && { projectId: credentials.projectId }),
      ...(session && { serverId: session.serverId, type: session.type }),
      ...(reason !== undefined && { reason }),
    });
  }
}
