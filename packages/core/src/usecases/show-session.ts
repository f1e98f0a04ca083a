import type { Credentials } from '../policy/credentials.js';
import type { Policy } from '../policy/policy.js';
import type { SessionDirectory } from '../ports/session-directory.js';
import type { ConsoleSession } from '../session/console-session.js';
import { findVisibleSession } from './find-visible-session.js';

/** Shows one open session. */
export class ShowSession {
  readonly #sessions: SessionDirectory;
  readonly #policy: Policy;

  constructor(deps: { readonly sessions: SessionDirectory; readonly policy: Policy }) {
    this.#sessions = deps.sessions;
    this.#policy = deps.policy;
  }

  /** @throws ConsoleError `session-not-found`, `forbidden`, `token-store-unavailable` */
  async execute(request: {
    readonly credentials: Credentials;
    readonly sessionId: string;
  }): Promise<ConsoleSession> {
    const { credentials, sessionId } = request;
    const session = await findVisibleSession(this.#sessions, this.#policy, credentials, sessionId);
    this.#policy.enforce('remote_consoles:sessions:show', credentials, session);
    return session;
  }
}
