import type { Credentials } from '../policy/credentials.js';
import type { Policy } from '../policy/policy.js';
import type { AuditSink } from '../ports/audit-sink.js';
import type { Clock } from '../ports/clock.js';
import type { ClusterPort } from '../ports/cluster-port.js';
import { auditedRequest } from './audited-request.js';
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
  execute(request: TerminateSessionRequest): Promise<void> {
    const { cluster, policy } = this.#deps;
    const { credentials, sessionId } = request;
    return auditedRequest(this.#deps, request, { action: 'console.terminate', sessionId }, async (found) => {
      const session = await findVisibleSession(cluster.sessions, policy, credentials, sessionId);
      found({ serverId: session.serverId, type: session.type });
      policy.enforce('remote_consoles:sessions:delete', credentials, session);
      await cluster.messages.send({ kind: 'terminate-session', sessionId });
    });
  }
}
